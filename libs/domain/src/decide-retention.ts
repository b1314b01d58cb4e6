import type { Retained } from '@runledger/contracts';
import { type Outcome, refuse } from '@runledger/kernel';
import { projectClaim } from './decide-project';
import { type Decision, decided, nothingToDo } from './decision';
import { type Retention, type RetentionChange, termAt } from './retention';

export type RetentionCommand = Readonly<{
  name: 'set-retention';
  project: string;
  policy: string;
  /** Days after a run's end; null: for ever. */
  points: number | null;
  artifacts: number | null;
  reference: string;
  /** Now. */
  at: string;
  /** How long what is kept shorter than before waits until it holds, in ms. */
  delayMs: number;
}>;
export type RetentionRefusal = 'RETENTION_EXISTS';

const isShorter = (days: number | null, than: number | null): boolean =>
  days !== null && (than === null || days < than);

/** What is kept longer holds at once; what goes sooner, a while later: until then somebody can take it back. */
function termOf(
  command: RetentionCommand,
  what: Retained,
  retention: Retention,
): { days: number | null; from: string } {
  const { at, delayMs } = command;
  const days = command[what];
  const terms = retention[what];
  const now = termAt(terms, at)?.days ?? null;
  if (!isShorter(days, now)) return { days, from: at };
  // Said again while it waits: it waits no longer than it did.
  const isSaid = terms.next !== null && termAt(terms, at) !== terms.next && !isShorter(days, terms.next.days);
  const soonest = new Date(Date.parse(at) + delayMs).toISOString();
  return { days, from: isSaid && terms.next !== null ? terms.next.from : soonest };
}

/** Pure. One person sets it: what it takes away is told and waits, and what it keeps is never too much. */
export function decideRetention(
  command: RetentionCommand,
  retention: Retention,
): Outcome<Decision<RetentionChange>, RetentionRefusal> {
  const { project, policy, at, reference } = command;
  if (retention.policies.has(policy)) return refuse('RETENTION_EXISTS', 'there is another policy of this id');
  const points = termOf(command, 'points', retention);
  const artifacts = termOf(command, 'artifacts', retention);
  const isSame = (['points', 'artifacts'] as const).every((what) => {
    const { held, next } = retention[what];
    const last = next ?? held;
    return (last?.days ?? null) === command[what];
  });
  if (isSame) return nothingToDo();
  return decided([{ type: 'retention.set', data: { project, policy, at, points, artifacts, reference } }], {
    need: [projectClaim(project)],
  });
}
