import { type ChangeOf, type Deleters, RETAINED, type RETENTION_DECISIONS, type Retained } from '@runledger/contracts';

export type RetentionChange = ChangeOf<typeof RETENTION_DECISIONS>;

/** By which policy something holds, and since when or from when on. */
type Since = Readonly<{ from: string; policy: string }>;
/** How long one kind is kept. Null days: for ever. */
export type Term = Since & Readonly<{ days: number | null }>;
/** Who may delete. */
export type DeletersTerm = Since & Readonly<{ deleters: Deleters }>;
/** What holds, and what will instead of it. */
export type Terms<One extends Since = Term> = Readonly<{ held: One | null; next: One | null }>;
export type Retention = Readonly<Record<Retained, Terms>> &
  Readonly<{ deleters: Terms<DeletersTerm>; policies: ReadonlySet<string> }>;

const UNSAID = { held: null, next: null };
export const noRetention: Retention = { points: UNSAID, artifacts: UNSAID, deleters: UNSAID, policies: new Set() };

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

/** Total: what was decided is never decided again. */
export function evolveRetention(retention: Retention, { type, data }: RetentionChange): Retention {
  const { policy, at } = data;
  const policies = new Set([...retention.policies, policy]);
  if (type === 'deleters.set') {
    const { deleters, from } = data;
    return { ...retention, deleters: saidAt(retention.deleters, { deleters, from, policy }, at), policies };
  }
  const [points, artifacts] = RETAINED.map((what) => saidAt(retention[what], { ...data[what], policy }, at)) as [
    Terms,
    Terms,
  ];
  return { ...retention, points, artifacts, policies };
}
