import type { MetricBatch } from '@runledger/contracts';
import fc from 'fast-check';
import { buildPoints, type NumberedBatch } from './series-points';

type Logged = { key: number; step: bigint; time: bigint; value: number };

const KEYS = 3;
const logged = fc.record({
  key: fc.nat({ max: KEYS - 1 }),
  step: fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
  time: fc.bigInt({ min: 0n, max: 1n << 41n }),
  value: fc.double(),
});
const batches = fc.array(
  fc.record({
    series: fc.integer({ min: 1, max: 3 }),
    points: fc.array(logged, { minLength: 1, maxLength: 20 }),
    keys: fc.shuffledSubarray([11, 12, 13], { minLength: KEYS, maxLength: KEYS }),
  }),
  { minLength: 1, maxLength: 5 },
);

const metricBatch = (points: readonly Logged[]): MetricBatch => ({
  run: 'r',
  writer: 'w',
  sequence: 0,
  id: 'i',
  time: 0,
  keys: ['a', 'b', 'c'],
  keyIndex: Uint32Array.from(points, (p) => p.key),
  steps: BigInt64Array.from(points, (p) => p.step),
  times: BigInt64Array.from(points, (p) => p.time),
  values: Float64Array.from(points, (p) => p.value),
});

const FIRST_OFFSET = 2 ** 40 + 4095; // crosses the border between the halves of a version

describe('the columns of a range', () => {
  it('hold every point once, grouped by series and key, in the order logged, with its origin', () => {
    fc.assert(
      fc.property(batches, (given) => {
        const numbered: NumberedBatch[] = given.map(({ series, points, keys }, i) => ({
          offset: FIRST_OFFSET + i,
          series,
          writer: 40 + i,
          keys: Uint32Array.from(keys),
          batch: metricBatch(points),
        }));
        const expected = given
          .flatMap(({ series, points, keys }, i) =>
            points.map((p, ord) => ({
              series,
              key: keys[p.key] as number,
              step: p.step,
              time: p.time,
              value: p.value,
              writer: 40 + i,
              origin: (BigInt(FIRST_OFFSET + i) << 20n) | BigInt(ord),
            })),
          )
          .map((row, i) => ({ row, i }))
          .sort((a, b) => a.row.series - b.row.series || a.row.key - b.row.key || a.i - b.i)
          .map(({ row }) => row);
        const { points: out } = buildPoints(5, numbered);
        const long = (halves: Int32Array) => new BigInt64Array(halves.buffer);
        const versions = new BigUint64Array(out.ver.buffer);
        const rows = Array.from({ length: out.rows }, (_, i) => ({
          series: out.series[i],
          key: out.key[i],
          step: long(out.step)[i],
          time: long(out.time)[i],
          value: out.value[i],
          writer: out.writer[i],
          origin: (versions[i] as bigint) ^ ((1n << 64n) - 1n),
        }));
        expect(rows).toEqual(expected);
        expect([...out.lp]).toEqual(expected.map(() => 5));
      }),
    );
  });
});
