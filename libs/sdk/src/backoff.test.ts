import { backoffMs } from './backoff';
import { readRetryAfter } from './door';

describe('the wait between attempts', () => {
  it('doubles up to half a minute, with jitter over its upper half', () => {
    expect([1, 2, 3, 20].map((attempt) => backoffMs(attempt, 0, () => 1))).toEqual([200, 400, 800, 30_000]);
    expect([1, 2, 3, 20].map((attempt) => backoffMs(attempt, 0, () => 0))).toEqual([100, 200, 400, 15_000]);
  });

  it('is never shorter than the server asked for, up to ten minutes', () => {
    expect(backoffMs(1, 7_000)).toBe(7_000);
    expect(backoffMs(1, 86_400_000)).toBe(600_000);
  });

  it('reads Retry-After as seconds and as a date', () => {
    const now = Date.parse('2026-01-02T03:04:05Z');
    expect(readRetryAfter('3', now)).toBe(3_000);
    expect(readRetryAfter('Fri, 02 Jan 2026 03:04:15 GMT', now)).toBe(10_000);
    expect(readRetryAfter('Fri, 02 Jan 2026 03:04:00 GMT', now)).toBe(0);
    expect(readRetryAfter('soon', now)).toBeUndefined();
    expect(readRetryAfter(undefined, now)).toBeUndefined();
  });
});
