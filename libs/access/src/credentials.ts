/** What of a request says who sends it, and whether a page of another origin may have made a browser send it. */
export type Credentials = Readonly<{
  method: string;
  headers: Readonly<{ authorization?: string | undefined; cookie?: string | undefined; origin?: string | undefined }>;
}>;

/**
 * Of a signed-in browser. The prefix keeps it to this host and to safe transport (RFC 6265bis, 4.1.3); no port is part of that, so that two
 * servers on one name take each other's place.
 */
export const SESSION_COOKIE = '__Host-runledger';

/** A cookie of the header of that name, as RFC 6265 (5.4) writes it; the first, where there are several. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
