import type { RetentionAnswer } from '@runledger/contracts/http';
import type { Deleters, Kept } from './retention-reads';

/** The names of what a policy says something about. */
export const NAMES = { points: 'Points of runs', artifacts: 'Artifacts of runs', lock: 'Lock of artifacts' } as const;
export type Named = keyof typeof NAMES;
export const KINDS = Object.keys(NAMES) as Named[];

export const DELETERS: Readonly<Record<Deleters, string>> = {
  editors: 'whoever may write',
  maintainers: 'maintainers and admins',
  admins: 'admins',
  nobody: 'nobody',
};

const count = (days: number): string => `${days} ${days === 1 ? 'day' : 'days'}`;

/** In words, how long something is kept, or locked. */
export function daysSaid(what: Named, days: number | null): string {
  if (what === 'lock') return days === null ? 'none' : `${count(days)} from when they are stored`;
  return days === null ? 'for ever' : `${count(days)} after the end of a run`;
}

const lastOf = ({ held, next }: RetentionAnswer[Named]): number | null => (next ?? held)?.days ?? null;
/** What was said last, and may not hold yet. */
export const lastSaid = ({ points, artifacts, lock }: RetentionAnswer): Kept => ({
  points: lastOf(points),
  artifacts: lastOf(artifacts),
  lock: lastOf(lock),
});

/** A policy in words. */
export function policySaid({ deleters, ...days }: RetentionAnswer['policies'][number]['said']): string {
  if (deleters !== undefined) return `Who may delete: ${DELETERS[deleters]}`;
  const parts = KINDS.flatMap((what) => {
    const said = days[what];
    return said === undefined ? [] : [`${NAMES[what]}: ${daysSaid(what, said)}`];
  });
  return parts.join('; ');
}
