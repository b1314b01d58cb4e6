import { type Terms, termAt } from '@runledger/domain';

/** What holds at a time, and what will instead of it. */
export function heldAndNext<T extends Readonly<{ from: string; policy: string }>>(
  terms: Terms<T>,
  at: string,
): { held: T | null; next: T | null } {
  const held = termAt(terms, at);
  return { held, next: held === terms.next ? null : terms.next };
}
