import type { Problem } from './problem';
import { Reachability } from './reachability';

const scene = () => {
  const told: Problem[] = [];
  const reachability = new Reachability('http://x', '/spool', (problem) => told.push(problem));
  return { reachability, codes: () => told.map(({ code }) => code) };
};
const busy = { kind: 'again', error: '429' } as const;

describe('what a person hears of the server', () => {
  it('is nothing while it is only busy', () => {
    const { reachability, codes } = scene();
    reachability.delayed(busy, 1_000);
    reachability.delayed(busy, 5_000);
    reachability.answered();
    reachability.delayed(busy, 7_000);
    expect(codes()).toEqual([]);
  });

  it('is one word when it stays away and one when it is back', () => {
    const { reachability, codes } = scene();
    for (const now of [0, 3_000, 6_000, 60_000]) reachability.delayed(busy, now);
    reachability.answered();
    reachability.answered();
    expect(codes()).toEqual(['SDK_SERVER_AWAY', 'SDK_SERVER_BACK']);
  });

  it('is at once that it did not answer at the start, and no second time', () => {
    const { reachability, codes } = scene();
    reachability.away(busy, 0);
    reachability.delayed(busy, 60_000);
    expect(codes()).toEqual(['SDK_SERVER_AWAY']);
  });

  it('is at once that a key is wrong', () => {
    const { reachability, codes } = scene();
    reachability.delayed({ kind: 'held', status: 401, error: '401' }, 0);
    expect(codes()).toEqual(['SDK_HELD']);
  });
});
