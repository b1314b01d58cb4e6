import type { ErasedArtifact } from '@runledger/contracts';
import { type Outcome, refuse } from '@runledger/kernel';
import { projectClaim } from './decide-project';
import { type Decision, decided, nothingToDo } from './decision';
import { type Erasure, type ErasureChange, type Erasures, holdsOn } from './erasure';

export type ErasureCommand =
  | Readonly<{
      name: 'request-erasure';
      erasure: string;
      subjects: readonly string[];
      people: readonly string[];
      artifacts: readonly ErasedArtifact[];
      reference: string;
      /** Who asks, as a person. */
      person?: string;
      /** Of the runs that the artifacts are of. */
      projects?: readonly string[];
    }>
  | Readonly<{ name: 'approve-erasure'; erasure: string; person?: string; projects?: readonly string[] }>
  | Readonly<{ name: 'withdraw-erasure'; erasure: string }>
  | Readonly<{
      name: 'place-hold';
      hold: string;
      subjects: readonly string[] | null;
      artifacts: readonly string[];
      /** Beside what is said of somebody: all that these have logged. */
      runs: readonly string[];
      projects: readonly string[];
      reference: string;
    }>
  | Readonly<{ name: 'lift-hold'; hold: string }>;

export type ErasureRefusal =
  | 'ERASURE_EXISTS'
  | 'ERASURE_UNKNOWN'
  | 'ERASURE_OVER'
  | 'ERASURE_BY_REQUESTER'
  | 'ERASURE_NOBODY'
  | 'ERASURE_HELD'
  | 'HOLD_EXISTS'
  | 'HOLD_UNKNOWN';

type Decided = Outcome<Decision<ErasureChange>, ErasureRefusal>;

/** A hold beats an erasure, whichever came first. */
function held(
  state: Erasures,
  { subjects, artifacts }: Pick<Erasure, 'subjects' | 'artifacts'>,
  projects: readonly string[],
): Decided | null {
  const what = [...subjects, ...artifacts.map(({ digest }) => digest)];
  const runs = artifacts.flatMap((artifact) => artifact.runs);
  const holds = holdsOn(state, { what, runs, projects });
  if (holds.length === 0) return null;
  const said = holds.map((hold) => `${hold} (${state.holds.get(hold)?.reference ?? ''})`).join(', ');
  return refuse('ERASURE_HELD', `what is said of them must be kept: ${holds.length === 1 ? 'hold' : 'holds'} ${said}`);
}

function request(command: Extract<ErasureCommand, { name: 'request-erasure' }>, state: Erasures): Decided {
  const { erasure, subjects, people, artifacts, reference, person = '', projects = [] } = command;
  if (state.erasures.has(erasure)) return refuse('ERASURE_EXISTS', 'there is another request of this id');
  if (subjects.length === 0 && artifacts.length === 0)
    return refuse('ERASURE_NOBODY', 'nothing is sealed of anybody who is called so');
  const data = { erasure, subjects: [...subjects], people: [...people], artifacts: [...artifacts], reference, person };
  return held(state, data, projects) ?? decided([{ type: 'erasure.requested', data }]);
}

function approve(
  { erasure, person = '', projects = [] }: Extract<ErasureCommand, { name: 'approve-erasure' }>,
  of: Erasure,
  state: Erasures,
): Decided {
  if (of.person === person)
    return refuse('ERASURE_BY_REQUESTER', 'an erasure is approved by another person than the one who requested it');
  const { subjects, people, artifacts } = of;
  const data = { erasure, subjects: [...subjects], people: [...people], artifacts: [...artifacts], person };
  return held(state, data, projects) ?? decided([{ type: 'subject.erased', data }]);
}

/** Pure. Two persons erase; one is enough to stop it, and to hold. */
export function decideErasure(command: ErasureCommand, state: Erasures): Decided {
  switch (command.name) {
    case 'request-erasure':
      return request(command, state);
    case 'place-hold': {
      const { hold, subjects, artifacts, runs, projects, reference } = command;
      if (state.holds.has(hold)) return refuse('HOLD_EXISTS', 'there is or was a hold of this id');
      const whose = subjects === null ? {} : { subjects: [...subjects] };
      if (subjects?.length === 0 && artifacts.length + runs.length + projects.length === 0)
        return refuse('ERASURE_NOBODY', 'nothing is sealed of anybody who is called so');
      const what = { artifacts: [...artifacts], runs: [...runs], projects: [...projects] };
      return decided([{ type: 'hold.placed', data: { hold, ...whose, ...what, reference } }], {
        need: projects.map(projectClaim),
      });
    }
    case 'lift-hold': {
      const hold = state.holds.get(command.hold);
      if (hold === undefined) return refuse('HOLD_UNKNOWN', 'there is no such hold');
      return hold.lifted ? nothingToDo() : decided([{ type: 'hold.lifted', data: { hold: command.hold } }]);
    }
    case 'approve-erasure':
    case 'withdraw-erasure': {
      const erasure = state.erasures.get(command.erasure);
      if (erasure === undefined) return refuse('ERASURE_UNKNOWN', 'there is no such request');
      if (erasure.status !== 'requested') return refuse('ERASURE_OVER', `this request is ${erasure.status} already`);
      if (command.name === 'approve-erasure') return approve(command, erasure, state);
      return decided([{ type: 'erasure.withdrawn', data: { erasure: command.erasure } }]);
    }
    default:
      return command satisfies never;
  }
}
