import type { ChangeOf, GRANT_DECISIONS } from '@runledger/contracts';

export type GrantChange = ChangeOf<typeof GRANT_DECISIONS>;

/** `project` is null for the whole workspace. */
export type HeldGrant = Readonly<{ role: string; project: string | null; effect: 'allow' | 'deny' }>;
/** What one grantee is granted and denied. */
export type Grants = readonly HeldGrant[];
export const noGrants: Grants = [];

export const sameGrant = (one: HeldGrant, other: HeldGrant): boolean =>
  one.role === other.role && one.project === other.project && one.effect === other.effect;

/** Total: what was decided is never decided again. */
export function evolveGrants(grants: Grants, { type, data }: GrantChange): Grants {
  const { role, project = null, effect } = data;
  const one = { role, project, effect };
  const others = grants.filter((held) => !sameGrant(held, one));
  return type === 'grant.made' ? [...others, one] : others;
}
