const FIRST_MS = 1_000;
const LONGEST_MS = 10 * 60_000;
const LONGEST_WISH_MS = 60 * 60_000;

/** Seconds or a date (RFC 9110 section 10.2.3), as ms from now; 0 where it says nothing. */
function wish(retryAfter: string | null, now: number): number {
  if (retryAfter === null) return 0;
  const ms = /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - now;
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), LONGEST_WISH_MS) : 0;
}

/** How long to wait after so many failures in a row, this one included: 1 s doubling to 10 minutes, spread by a fifth. */
export function waitAfter(
  failures: number,
  retryAfter: string | null,
  { now = Date.now(), random = Math.random } = {},
): number {
  const wait = Math.min(FIRST_MS * 2 ** Math.min(failures - 1, 20), LONGEST_MS);
  return Math.round(Math.max(wait * (0.9 + 0.2 * random()), wish(retryAfter, now)));
}
