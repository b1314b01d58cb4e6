import { createDatabase, type TestDatabase } from '@runledger/testkit';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { openDataSource } from './data-source';
import { keyNumbers, seriesNumbers } from './numbers';
import { findUnordered, listRunMetrics, type MetricSummary, mergeRunMetrics, type RunMetric } from './run-metric';

type Point = Readonly<{ step: bigint; time: bigint; value: number; origin: bigint }>;

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
const byPlace = (a: Point, b: Point): number => compare(a.step, b.step) || compare(a.time, b.time);
function byWorth(a: Point, b: Point): number {
  const [nanA, nanB] = [Number.isNaN(a.value), Number.isNaN(b.value)];
  return byPlace(a, b) || (nanA || nanB ? Number(nanB) - Number(nanA) : a.value - b.value || 0);
}

function summaryOf(points: readonly Point[]): Omit<MetricSummary, 'series' | 'key'> {
  const latest = points.reduce((best, p) => (byWorth(p, best) > 0 ? p : best));
  const first = points.reduce((best, p) => (byPlace(p, best) < 0 ? p : best));
  const { origin, step, value } = points.at(-1) as Point;
  const numbers = points.map((p) => p.value).filter((v) => !Number.isNaN(v));
  return {
    step: latest.step,
    time: latest.time,
    value: latest.value,
    firstStep: first.step,
    firstTime: first.time,
    min: numbers.length === 0 ? null : Math.min(...numbers),
    max: numbers.length === 0 ? null : Math.max(...numbers),
    hasNan: numbers.length < points.length,
    last: { origin, step, value },
    points: points.length,
    unordered: points.some((p, i) => points.slice(0, i).some((before) => byPlace(before, p) >= 0)),
  };
}

const point = fc.record({
  step: fc.oneof(fc.bigInt({ min: -2n, max: 2n }), fc.constantFrom(-(1n << 63n), (1n << 63n) - 1n)),
  time: fc.bigInt({ min: 0n, max: 1n }),
  value: fc.constantFrom(Number.NaN, Infinity, -Infinity, 0.1, 1e300, -5e-324),
});

describe('the summary of a metric', () => {
  let database: TestDatabase;
  let source: DataSource;
  let series = 0;
  let keys: Array<{ key: string; number: number }> = [];
  beforeAll(async () => {
    database = await createDatabase('run_metric');
    source = await openDataSource(database.url);
    const numbers = await seriesNumbers(source, [{ workspace: 'default', run: 'r' }]);
    series = numbers[0]?.number ?? 0;
    keys = await keyNumbers(
      source,
      Array.from({ length: 40 }, (_, i) => ({ workspace: 'default', key: `k${i}` })),
    );
  });
  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });

  const stored = async (key: string): Promise<Omit<RunMetric, 'name' | 'key'> | undefined> => {
    const [found] = await listRunMetrics(source, series, { names: [key], limit: 1 });
    if (found === undefined) return undefined;
    const { name: _name, key: _key, ...summary } = found;
    return summary;
  };

  it('is the same however its points were cut into ranges, and when all but the count comes again', async () => {
    let next = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(point, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
        async (ranges) => {
          const { key, number } = keys[next++ % keys.length] as { key: string; number: number };
          await source.query('delete from read.run_metric where series = $1 and key = $2', [series, number]);
          let origin = 0n;
          const cut = ranges.map((range) => range.map((p) => ({ ...p, origin: origin++ })));
          for (const range of cut) await mergeRunMetrics(source, [{ series, key: number, ...summaryOf(range) }]);
          expect(await stored(key)).toEqual(summaryOf(cut.flat()));
          for (const range of [...cut].reverse())
            await mergeRunMetrics(source, [{ series, key: number, ...summaryOf(range) }]);
          expect(await stored(key)).toEqual({
            ...summaryOf(cut.flat()),
            points: 2 * cut.flat().length,
            unordered: true,
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('keeps its end where a range brought repeats only, and tells which ranges may hold them', async () => {
    const { key, number } = keys[0] as { key: string; number: number };
    await source.query('delete from read.run_metric');
    const at = (step: number): Point => ({ step: BigInt(step), time: 0n, value: step, origin: BigInt(step) });
    const whole = { series, key: number, ...summaryOf([at(1), at(2)]) };
    expect([...(await findUnordered(source, [whole]))]).toEqual([]);
    await mergeRunMetrics(source, [whole]);
    const behind = { ...whole, ...summaryOf([at(3)]) };
    const again = { ...whole, ...summaryOf([at(2)]), last: null };
    expect([...(await findUnordered(source, [behind, again]))]).toEqual([1]);
    await mergeRunMetrics(source, [again]);
    expect(await stored(key)).toMatchObject({ last: { step: 2n }, points: 3, unordered: true });
  });

  it('of many metrics is merged in one statement', async () => {
    const many = keys.map(({ number }) => ({
      series,
      key: number,
      ...summaryOf([{ step: 1n, time: 1n, value: -0, origin: 1n }]),
    }));
    await source.query('delete from read.run_metric');
    await mergeRunMetrics(source, many);
    const found = await listRunMetrics(source, series, { after: 'k3', limit: 3 });
    expect(found.map((m) => [m.name, m.value])).toEqual([
      ['k30', -0],
      ['k31', -0],
      ['k32', -0],
    ]);
  });
});
