import { type Outcome, refuse } from '@runledger/kernel';
import { projectClaim } from './decide-project';
import { type Decision, decided, nothingToDo } from './decision';
import { type Retention, type RetentionChange, type Termed, type Terms, termAt } from './retention';

export type RetentionCommand = Readonly<{
  name: 'set-retention';
  project: string;
  policy: string;
  /** Days after a run's end; null: for ever. */
  points: number | null;
  artifacts: number | null;
  /** Days from when artifacts are stored, for which nobody can take them away; null: not at all. Absent: as before. */
  lock?: number | null | undefined;
  reference: string;
  /** Now. */
  at: string;
  /** How long what is kept shorter than before, or locked longer, waits until it holds, in ms. */
  delayMs: number;
}>;
export type RetentionRefusal = 'RETENTION_EXISTS';

const isShorter = (days: number | null, than: number | null): boolean =>
  days !== null && (than === null || days < than);
const isLonger = (days: number | null, than: number | null): boolean => (days ?? 0) > (than ?? 0);
/** What cannot be undone: bytes that have gone do not come back, and nobody unlocks those that are locked. */
const isFinal = (what: Termed): typeof isShorter => (what === 'lock' ? isLonger : isShorter);

const lastSaid = ({ held, next }: Terms): number | null => (next ?? held)?.days ?? null;
const asked = (command: RetentionCommand, what: Termed, terms: Terms): number | null => {
  const days = command[what];
  return days === undefined ? lastSaid(terms) : days;
};

/** What is kept longer, or locked shorter, holds at once; what can never be taken back, a while later: until then it can. */
function termOf(command: RetentionCommand, what: Termed, retention: Retention): { days: number | null; from: string } {
  const { at, delayMs } = command;
  const terms = retention[what];
  const days = asked(command, what, terms);
  const now = termAt(terms, at)?.days ?? null;
  if (!isFinal(what)(days, now)) return { days, from: at };
  // Said again while it waits: it waits no longer than it did.
  const isSaid = terms.next !== null && termAt(terms, at) !== terms.next && !isFinal(what)(days, terms.next.days);
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
  const lock = termOf(command, 'lock', retention);
  const isSame = (['points', 'artifacts', 'lock'] as const).every((what) => {
    const terms = retention[what];
    return lastSaid(terms) === asked(command, what, terms);
  });
  if (isSame) return nothingToDo();
  return decided([{ type: 'retention.set', data: { project, policy, at, points, artifacts, lock, reference } }], {
    need: [projectClaim(project)],
  });
}
