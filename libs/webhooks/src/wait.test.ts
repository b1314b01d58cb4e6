import { waitAfter } from './wait';

const middle = { random: () => 0.5, now: Date.parse('2026-01-02T03:04:05Z') };
const after = (failures: number, retryAfter: string | null = null): number => waitAfter(failures, retryAfter, middle);

describe('the wait after failures', () => {
  it('doubles from a second to ten minutes', () => {
    expect([1, 2, 3, 10, 11, 1_000].map((n) => after(n))).toEqual([1_000, 2_000, 4_000, 512_000, 600_000, 600_000]);
  });
  it('is spread by a tenth to both sides', () => {
    expect([0, 1].map((at) => waitAfter(1, null, { ...middle, random: () => at }))).toEqual([900, 1_100]);
  });
  it.each([
    ['30', 30_000],
    ['0', 1_000],
    ['999999', 3_600_000],
    ['Fri, 02 Jan 2026 03:05:05 GMT', 60_000],
    ['Fri, 02 Jan 2025 03:05:05 GMT', 1_000],
    ['soon', 1_000],
    ['-5', 1_000],
  ])('is as long as the receiver asks for, within an hour: %s', (said, expected) => {
    expect(after(1, said)).toBe(expected);
  });
});
