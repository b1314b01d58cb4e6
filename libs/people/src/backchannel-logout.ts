import { Fault } from '@runledger/kernel';
import type { JWTPayload } from 'jose';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** Whose sessions a provider ends: all of a person, or those that began in one session there. */
export type SignedOutThere = Readonly<{ subject: string | undefined; providerSession: string | undefined }>;

const refused = (message: string) => new Fault('invalid', 'PEOPLE_BAD_LOGOUT_TOKEN', message);
const textOf = (claim: unknown): string | undefined => (typeof claim === 'string' && claim !== '' ? claim : undefined);
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/**
 * What a logout token says whose signature, issuer, audience and times were checked (OpenID Connect Back-Channel Logout 1.0, 2.6). Sent again it
 * ends nothing more, so that its `jti` need not be remembered.
 * @throws Fault invalid PEOPLE_BAD_LOGOUT_TOKEN
 */
export function readLogoutToken(claims: JWTPayload): SignedOutThere {
  const events: unknown = claims['events'];
  if (!isObject(events) || !isObject(events[EVENT])) throw refused('the token tells of no sign-out');
  if (claims['nonce'] !== undefined) throw refused('an ID token is no logout token');
  const [subject, providerSession] = [textOf(claims.sub), textOf(claims['sid'])];
  if (subject === undefined && providerSession === undefined) throw refused('the token names nobody');
  return { subject, providerSession };
}
