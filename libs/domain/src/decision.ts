import { accept, type Outcome } from '@runledger/kernel';

/** A name that only one stream of a workspace can hold at a time. */
export type Claim = Readonly<{ kind: string; name: string }>;

/** Which names a decision takes and gives back, and which ones somebody must hold for it, all in one transaction. */
export type Claims = Readonly<{ take: readonly Claim[]; release: readonly Claim[]; need: readonly Claim[] }>;

/** What an accepted command writes, and what becomes of names with it. */
export type Decision<Change> = Readonly<{ events: readonly Change[]; claims: Claims }>;

const NO_CLAIMS: Claims = { take: [], release: [], need: [] };

/** Accepts: these events, and these claims. */
export const decided = <Change>(
  events: readonly Change[],
  claims: Partial<Claims> = {},
): Outcome<Decision<Change>, never> => accept({ events, claims: { ...NO_CLAIMS, ...claims } });

/** What was asked for is so already. */
export const nothingToDo = <Change>(): Outcome<Decision<Change>, never> => decided<Change>([]);
