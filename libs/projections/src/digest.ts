import { hash } from 'node:crypto';
import type { StoredEvent } from '@runledger/contracts';

export const sha256 = (text: string): Buffer => hash('sha256', text, 'buffer');

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]));
}

/**
 * Of what the client said: type, version and data, whatever the order of their members. Of the data as they were written,
 * not as they are lifted, since it is compared with digests of the same event taken by other releases. Time is left out:
 * the door sets it where the client gave none, so that a retry may carry another.
 */
export const eventDigest = (event: StoredEvent): Buffer =>
  sha256(JSON.stringify([event.type, event.dataversion, sorted(event.data)]));
