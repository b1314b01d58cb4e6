import { Fault } from '@runledger/kernel';
import { type Credentials, cookieOf, SESSION_COOKIE } from './credentials';
import { hashOfKey } from './hash-of-key';
import type { KeyTable } from './key-table';
import type { LiveKey } from './live-key';
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

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What is sent, and whether it came as a cookie, which a browser sends by itself. */
function sentBy({ headers }: Credentials): Readonly<{ key: string; inCookie: boolean }> | undefined {
  if (headers.authorization !== undefined) {
    const key = keyOfHeader(headers.authorization);
    return key === undefined ? undefined : { key, inCookie: false };
  }
  const key = cookieOf(headers.cookie, SESSION_COOKIE);
  return key === undefined || key.length > LONGEST_HEADER ? undefined : { key, inCookie: true };
}

/**
 * Cookies are sent whoever made the page: a browser that writes says from where, and serveHttp has compared that with this server's name.
 * Who says nothing is no browser.
 */
function checkOrigin({ method, headers }: Credentials): void {
  if (!SAFE.has(method) && headers.origin === undefined)
    throw new Fault('forbidden', 'ACCESS_NO_ORIGIN', 'who writes by a cookie says from which page: send Origin');
}

/**
 * Lets in who sends a live key, or the cookie of a live session. The table is looked up by the key's SHA-256, and a comparison in constant time would add
 * nothing: an attacker cannot choose the bits of a digest whose preimages he does not know, so that the time which a
 * lookup takes tells nothing about the keys that are stored.
 */
export const createKeyAuthenticator = (
  table: KeyTable,
  noteUse: (key: LiveKey) => void = () => undefined,
  now = Date.now,
): Authenticator => ({
  async authenticate(credentials) {
    const sent = sentBy(credentials);
    if (sent === undefined) throw refused();
    const found = await table.find(hashOfKey(sent.key).toString('base64'));
    if (found === undefined || (found.expiresAt ?? Number.POSITIVE_INFINITY) <= now()) throw refused();
    if (sent.inCookie !== (found.of === 'browser')) throw refused();
    if (sent.inCookie) checkOrigin(credentials);
    noteUse(found);
    return found.identity;
  },
});
