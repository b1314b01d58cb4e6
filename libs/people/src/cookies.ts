import { cookieOf, SESSION_COOKIE } from '@runledger/access';
import { type SignInUnderWay, signInUnderWay } from './relying-party';

/** Of a browser that is at the provider. */
const UNDER_WAY = '__Host-runledger-sign-in';
/** So long somebody may take at the provider. */
const UNDER_WAY_S = 600;

/** `__Host-`: this host only, over safe transport only, and no subdomain can set it. No script reads them. */
const cookie = (name: string, value: string, rest: string): string =>
  `${name}=${value}; Path=/; Secure; HttpOnly; ${rest}`;

/** Sent from this server's own pages only, so that no other page can act by it. */
export const sessionCookie = (token: string, seconds: number): string =>
  cookie(SESSION_COOKIE, token, `SameSite=Strict; Max-Age=${seconds}`);
export const noSessionCookie = sessionCookie('', 0);

/** Lax: it is the provider's page that sends the browser back. */
export const underWayCookie = (under: SignInUnderWay): string =>
  cookie(UNDER_WAY, Buffer.from(JSON.stringify(under)).toString('base64url'), `SameSite=Lax; Max-Age=${UNDER_WAY_S}`);
export const noUnderWayCookie = cookie(UNDER_WAY, '', 'SameSite=Lax; Max-Age=0');

/** What the browser kept; undefined: nothing that this server could have given it. */
export function underWayOf(header: string | undefined): SignInUnderWay | undefined {
  const kept = cookieOf(header, UNDER_WAY);
  if (kept === undefined) return undefined;
  try {
    return signInUnderWay.parse(JSON.parse(Buffer.from(kept, 'base64url').toString()));
  } catch {
    return undefined;
  }
}
