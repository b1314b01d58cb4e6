import type { MetricBatch } from '@runledger/contracts';
import fc from 'fast-check';
import { buildPoints } from './series-points';
import { summarize } from './series-summaries';

type Logged = Readonly<{ key: number; step: bigint; time: bigint; value: number }>;

const int64 = fc.oneof(fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }), fc.bigInt({ min: -2n, max: 2n }));
const value = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Infinity, -Infinity, 1, 2));
const logged = fc.record({ key: fc.nat({ max: 1 }), step: int64, time: int64, value });
const batches = fc.array(fc.array(logged, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 4 });
const OFFSET = 2 ** 40 + 4095; // crosses the border between the halves of a version

const metricBatch = (points: readonly Logged[]): MetricBatch => ({
  run: 'r',
  writer: '',
  sequence: undefined,
  id: 'i',
  time: 0,
  keys: ['a', 'b'],
  keyIndex: Uint32Array.from(points, (p) => p.key),
  steps: BigInt64Array.from(points, (p) => p.step),
  times: BigInt64Array.from(points, (p) => p.time),
  values: Float64Array.from(points, (p) => p.value),
});

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
const byPlace = (a: Logged, b: Logged): number => compare(a.step, b.step) || compare(a.time, b.time);
const rank = ({ value: v }: Logged): number => (Number.isNaN(v) ? Number.NEGATIVE_INFINITY : v);
const byWorth = (a: Logged, b: Logged): number =>
  byPlace(a, b) || Number(!Number.isNaN(a.value)) - Number(!Number.isNaN(b.value)) || (rank(a) < rank(b) ? -1 : 1);

describe('the summaries of a range', () => {
  it('are what their definition says, metric by metric', () => {
    fc.assert(
      fc.property(batches, (given) => {
        const { points, stretches } = buildPoints(
          3,
          given.map((one, i) => ({
            offset: OFFSET + i,
            series: 7,
            writer: 0,
            keys: Uint32Array.of(11, 12),
            batch: metricBatch(one),
          })),
        );
        const all = given.flatMap((one, i) =>
          one.map((p, ord) => ({ ...p, origin: (BigInt(OFFSET + i) << 20n) | BigInt(ord) })),
        );
        const summaries = summarize(points, stretches);
        expect(summaries.map((s) => s.key)).toEqual([...new Set(all.map((p) => 11 + p.key))].sort());
        for (const summary of summaries) {
          const own = all.filter((p) => 11 + p.key === summary.key);
          const latest = own.reduce((best, p) => (byWorth(p, best) > 0 && !sameWorth(p, best) ? p : best));
          const first = own.reduce((best, p) => (byPlace(p, best) < 0 ? p : best));
          const numbers = own.map((p) => p.value).filter((v) => !Number.isNaN(v));
          const end = own.at(-1) as (typeof own)[number];
          expect(summary).toEqual({
            series: 7,
            key: summary.key,
            step: latest.step,
            time: latest.time,
            value: latest.value,
            firstStep: first.step,
            firstTime: first.time,
            min: numbers.length === 0 ? null : numbers.reduce((a, b) => (b < a ? b : a)),
            max: numbers.length === 0 ? null : numbers.reduce((a, b) => (b > a ? b : a)),
            hasNan: numbers.length < own.length,
            last: { origin: end.origin, step: end.step, value: end.value },
            points: own.length,
            unordered: own.some((p, i) => own.slice(0, i).some((before) => byPlace(before, p) >= 0)),
          });
        }
      }),
    );
  });
});

function sameWorth(a: Logged, b: Logged): boolean {
  return byPlace(a, b) === 0 && (a.value === b.value || (Number.isNaN(a.value) && Number.isNaN(b.value)));
}
