import type { ChangeOf, Deleters, RETENTION_DECISIONS, Retained } from '@runledger/contracts';

export type RetentionChange = ChangeOf<typeof RETENTION_DECISIONS>;

/** By which policy something holds, and since when or from when on. */
type Since = Readonly<{ from: string; policy: string }>;
/** What a policy says in days: of two kinds how long they are kept, null for ever, and how long artifacts are locked, null not at all. */
export type Termed = Retained | 'lock';
export type Term = Since & Readonly<{ days: number | null }>;
/** Who may delete. */
export type DeletersTerm = Since & Readonly<{ deleters: Deleters }>;
/** What holds, and what will instead of it. */
export type Terms<One extends Since = Term> = Readonly<{ held: One | null; next: One | null }>;
export type Retention = Readonly<Record<Termed, Terms>> &
  Readonly<{ deleters: Terms<DeletersTerm>; policies: ReadonlySet<string> }>;

const UNSAID = { held: null, next: null };
export const noRetention: Retention = {
  points: UNSAID,
  artifacts: UNSAID,
  lock: UNSAID,
  deleters: UNSAID,
  policies: new Set(),
};

export const retentionSubject = (project: string): string => `retention/${project}`;

/** What holds at a time; null: nobody has said anything, so that it is as it is without a policy. */
export const termAt = <One extends Since>({ held, next }: Terms<One>, at: string): One | null =>
  next !== null && Date.parse(next.from) <= Date.parse(at) ? next : held;

/** Who may delete at a time: whoever may write, unless somebody said otherwise. */
export const deletersAt = ({ deleters }: Pick<Retention, 'deleters'>, at: string): Deleters =>
  termAt(deleters, at)?.deleters ?? 'editors';

function saidAt<One extends Since>(before: Terms<One>, said: One, at: string): Terms<One> {
  const held = termAt(before, at);
  return Date.parse(said.from) <= Date.parse(at) ? { held: said, next: null } : { held, next: said };
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** Until when bytes are locked that were stored then: up to an hour longer than was said, so that what many store is not locked anew each time. */
export const lockEnd = (storedAt: Date, days: number): Date =>
  new Date(Math.ceil((storedAt.getTime() + days * DAY_MS) / HOUR_MS) * HOUR_MS);

/** Total: what was decided is never decided again. */
export function evolveRetention(retention: Retention, { type, data }: RetentionChange): Retention {
  const { policy, at } = data;
  const policies = new Set([...retention.policies, policy]);
  if (type === 'deleters.set') {
    const { deleters, from } = data;
    return { ...retention, deleters: saidAt(retention.deleters, { deleters, from, policy }, at), policies };
  }
  const termsOf = (what: Termed): Terms => saidAt(retention[what], { ...data[what], policy }, at);
  return {
    ...retention,
    points: termsOf('points'),
    artifacts: termsOf('artifacts'),
    lock: termsOf('lock'),
    policies,
  };
}
