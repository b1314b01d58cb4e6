import type { Batch } from '@runledger/bus';
import { SeriesPace } from './series-pace';

const LINGER_MS = 400;
const WELL_BELOW_MS = 250;

const batch = (records: number, bytes = 10): Batch => ({
  topic: 'metrics',
  partition: 3,
  records: Array.from({ length: records }, (_, offset) => ({
    topic: 'metrics',
    partition: 3,
    offset,
    appended: 0,
    key: 'k',
    headers: {},
    value: new Uint8Array(bytes),
  })),
  stale: () => false,
  lost: () => undefined,
});

async function msOf(work: Promise<void>): Promise<number> {
  const begun = performance.now();
  await work;
  return performance.now() - begun;
}

describe('the pace of a partition', () => {
  it('lets records gather behind a small range, and longer behind many records', async () => {
    const pace = new SeriesPace(LINGER_MS);
    expect(await msOf(pace.rest(batch(1), performance.now(), 1))).toBeGreaterThan(WELL_BELOW_MS);
    expect(await msOf(new SeriesPace(50).rest(batch(100), performance.now(), 100))).toBeGreaterThan(WELL_BELOW_MS);
  });

  it('goes on at once where more is known to be there', async () => {
    const pace = new SeriesPace(LINGER_MS);
    expect(await msOf(pace.rest(batch(1, 5_000_000), performance.now(), 1))).toBeLessThan(WELL_BELOW_MS);
  });

  it('hurries when somebody waits for what comes next, whenever he began to, and for nothing else', async () => {
    const pace = new SeriesPace(LINGER_MS);
    pace.want(3, 7);
    expect(await msOf(pace.rest(batch(1), performance.now(), 7))).toBeLessThan(WELL_BELOW_MS);
    const resting = msOf(pace.rest(batch(1), performance.now(), 8));
    pace.want(3, 7);
    pace.want(4, 8);
    expect(await resting).toBeGreaterThan(WELL_BELOW_MS);
    const hurried = msOf(pace.rest(batch(1), performance.now(), 9));
    pace.want(3, 9);
    expect(await hurried).toBeLessThan(WELL_BELOW_MS);
  });

  /** What the last of some ranges that took so long is rested after. */
  async function restedAfter(pace: SeriesPace, tookMs: readonly number[]): Promise<number> {
    let rested = 0;
    for (const ms of tookMs) rested = await msOf(pace.rest(batch(1), performance.now() - ms, 1));
    return rested;
  }

  it('rests three times as long as ranges take, but no longer than under load', async () => {
    const slow = [100, 100, 100];
    expect(await restedAfter(new SeriesPace(100), slow)).toBeGreaterThan(WELL_BELOW_MS);
    expect(await restedAfter(new SeriesPace(20), slow)).toBeLessThan(100);
  });

  it('does not rest longer behind a few slow ranges: what came meanwhile waits already', async () => {
    expect(await restedAfter(new SeriesPace(100), [200, 200])).toBeLessThan(50);
    expect(await restedAfter(new SeriesPace(100), [0, 0, 200, 200])).toBeLessThan(50);
  });

  it('rests even then, twice as long as ranges take', async () => {
    const pace = new SeriesPace(2_000);
    pace.want(3, 100);
    const rested = await restedAfter(pace, [200, 200, 200]);
    expect(rested).toBeGreaterThan(WELL_BELOW_MS);
    expect(rested).toBeLessThan(1_000);
  });
});
