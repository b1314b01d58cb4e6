import {
  decideErasure,
  ERASURES_SUBJECT,
  type ErasureChange,
  type ErasureCommand,
  type ErasureRefusal,
  type Erasures,
  evolveErasures,
  noErasures,
} from '@runledger/domain';
import { noProject } from './objective-rules';
import { needsNothing, type RefusalKinds, refusing } from './refusals';
import type { Rules } from './rules';

const KINDS: RefusalKinds<ErasureRefusal> = {
  ERASURE_EXISTS: 'conflict',
  ERASURE_UNKNOWN: 'missing',
  ERASURE_OVER: 'conflict',
  ERASURE_BY_REQUESTER: 'forbidden',
  ERASURE_NOBODY: 'missing',
  ERASURE_HELD: 'forbidden',
  HOLD_EXISTS: 'conflict',
  HOLD_UNKNOWN: 'missing',
};

export type ErasureResult = Readonly<
  { erasure: string; status: 'requested' | 'withdrawn' | 'approved' } | { hold: string; status: 'in-force' | 'lifted' }
>;

/** Nobody can say whose the operator's keys are: whoever holds one may hold all. */
const isOperator = (actor: string): boolean => actor === 'admin' || actor.startsWith('key/');

/** How erasures and holds are answered; what becomes of them is the domain's. Two keys of one person are one. */
export const erasureRules: Rules<ErasureCommand, Erasures, ErasureChange, ErasureResult> = {
  subject: () => ERASURES_SUBJECT,
  initial: noErasures,
  evolve: evolveErasures,
  async consult(command, { state }, { workspace, actor, oversight }) {
    if (command.name !== 'request-erasure' && command.name !== 'approve-erasure') return command;
    const of = command.name === 'request-erasure' ? command : state.erasures.get(command.erasure);
    const runs = [...new Set(of?.artifacts.flatMap((artifact) => artifact.runs))];
    // Asked only where a hold of a project may matter: it waits for what is projected.
    const projects = runs.length === 0 ? [] : [...(await oversight.projectsOf(workspace, runs)).values()];
    const person = isOperator(actor) ? 'operator' : await oversight.personOf(workspace, actor);
    return { ...command, person, projects };
  },
  decide: decideErasure,
  result(command, { erasures, holds }) {
    if (command.name === 'place-hold' || command.name === 'lift-hold')
      return { hold: command.hold, status: holds.get(command.hold)?.lifted === true ? 'lifted' : 'in-force' };
    return { erasure: command.erasure, status: erasures.get(command.erasure)?.status ?? 'requested' };
  },
  taken: needsNothing,
  absent: noProject,
  refused: refusing(KINDS),
};
