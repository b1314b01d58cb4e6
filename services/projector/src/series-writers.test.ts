import fc from 'fast-check';
import { spansOf } from './series-writers';

const INT64 = fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n });
const point = fc.record({ step: INT64, time: INT64 });
const batch = fc.record({
  series: fc.integer({ min: 1, max: 2 }),
  writer: fc.integer({ min: 0, max: 2 }),
  points: fc.array(point, { maxLength: 20 }),
});

it('is how far each writer of each run comes, of any points in any order', () => {
  fc.assert(
    fc.property(fc.array(batch, { maxLength: 6 }), (batches) => {
      const found = spansOf(
        batches.map(({ series, writer, points }, offset) => ({
          offset,
          series,
          writer,
          keys: new Uint32Array(1),
          batch: {
            run: 'r',
            writer: 'w',
            sequence: 0,
            id: 'b',
            time: 0,
            keys: ['k'],
            keyIndex: new Uint32Array(points.length),
            steps: BigInt64Array.from(points, (p) => p.step),
            times: BigInt64Array.from(points, (p) => p.time),
            values: new Float64Array(points.length),
          },
        })),
      );
      const sorted = (numbers: bigint[]): bigint[] => numbers.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      for (const series of [1, 2])
        for (const writer of [0, 1, 2]) {
          const own = batches.filter((b) => b.series === series && b.writer === writer).flatMap((b) => b.points);
          const steps = sorted(own.map((p) => p.step));
          const times = sorted(own.map((p) => p.time));
          const ends = { firstStep: steps[0], lastStep: steps.at(-1), firstTime: times[0], lastTime: times.at(-1) };
          const span = found.find((s) => s.series === series && s.writer === writer);
          expect(span).toEqual(own.length === 0 ? undefined : { series, writer, ...ends, points: own.length });
        }
    }),
  );
});
