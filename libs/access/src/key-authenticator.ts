import { Fault } from '@runledger/kernel';
import { hashOfKey } from './key-store';
import type { KeyTable } from './key-table';
import type { Authenticator } from './principal';

const LONGEST_HEADER = 2_048;

/** The key of `Bearer <key>`, or of `Basic` with the key as password, which is what MLflow's clients can send. */
export function keyOfHeader(authorization: string | undefined): string | undefined {
  if (authorization === undefined || authorization.length > LONGEST_HEADER) return undefined;
  const [, scheme = '', credentials = ''] = /^(Bearer|Basic) +(\S+)$/i.exec(authorization) ?? [];
  if (scheme.toLowerCase() !== 'basic') return credentials === '' ? undefined : credentials;
  const pair = Buffer.from(credentials, 'base64').toString();
  const colon = pair.indexOf(':');
  return colon < 0 || colon === pair.length - 1 ? undefined : pair.slice(colon + 1);
}

/** One refusal for every reason: nobody learns whether a key ever existed, has expired or was revoked. */
const refused = (): Fault => new Fault('unauthenticated', 'ACCESS_BAD_CREDENTIALS', 'send a valid API key');

/**
 * Lets in who sends a live key. The table is looked up by the key's SHA-256, and a comparison in constant time would add
 * nothing: an attacker cannot choose the bits of a digest whose preimages he does not know, so that the time which a
 * lookup takes tells nothing about the keys that are stored.
 */
export const createKeyAuthenticator = (
  table: KeyTable,
  noteUse: (key: string) => void = () => undefined,
  now = Date.now,
): Authenticator => ({
  async authenticate(authorization) {
    const key = keyOfHeader(authorization);
    if (key === undefined) throw refused();
    const found = await table.find(hashOfKey(key).toString('base64'));
    if (found === undefined || (found.expiresAt ?? Number.POSITIVE_INFINITY) <= now()) throw refused();
    noteUse(found.id);
    return found.identity;
  },
});
