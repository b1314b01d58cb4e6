import { type ChangeOf, RETAINED, type RETENTION_DECISIONS, type Retained } from '@runledger/contracts';

export type RetentionChange = ChangeOf<typeof RETENTION_DECISIONS>;

/** How long one kind is kept, by which policy and since when. Null days: for ever. */
export type Term = Readonly<{ days: number | null; from: string; policy: string }>;
/** What holds, and what will instead of it. */
export type Terms = Readonly<{ held: Term | null; next: Term | null }>;
export type Retention = Readonly<Record<Retained, Terms>> & Readonly<{ policies: ReadonlySet<string> }>;

const FOR_EVER: Terms = { held: null, next: null };
export const noRetention: Retention = { points: FOR_EVER, artifacts: FOR_EVER, policies: new Set() };

export const retentionSubject = (project: string): string => `retention/${project}`;

/** What holds at a time; null: it is kept for ever, and was never said to be. */
export const termAt = ({ held, next }: Terms, at: string): Term | null =>
  next !== null && Date.parse(next.from) <= Date.parse(at) ? next : held;

/** Total: what was decided is never decided again. */
export function evolveRetention(retention: Retention, { data }: RetentionChange): Retention {
  const { policy, at } = data;
  const termsOf = (what: Retained): Terms => {
    const before = retention[what];
    const said: Term = { ...data[what], policy };
    const held = termAt(before, at);
    return Date.parse(said.from) <= Date.parse(at) ? { held: said, next: null } : { held, next: said };
  };
  const [points, artifacts] = RETAINED.map(termsOf) as [Terms, Terms];
  return { points, artifacts, policies: new Set([...retention.policies, policy]) };
}
