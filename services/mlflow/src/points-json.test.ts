import { exactJson } from '@runledger/http';
import fc from 'fast-check';
import { pointsJson } from './points-json';

const point = fc.record({
  step: fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: -10n, max: 10n })),
  time: fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.constantFrom(2n ** 53n - 1n, 2n ** 53n, -(2n ** 53n) + 1n, -(2n ** 53n), 1_790_000_000_000n),
  ),
  value: fc.double(),
});

it('writes what the general writer would write of the same points', () => {
  fc.assert(
    fc.property(fc.array(point), fc.string(), fc.option(fc.string(), { nil: undefined }), (points, key, run) => {
      const columns = {
        steps: BigInt64Array.from(points, ({ step }) => step),
        times: BigInt64Array.from(points, ({ time }) => time),
        values: Float64Array.from(points, ({ value }) => value),
      };
      const named = points.map(({ step, time, value }) => ({ key, value, timestamp: time, step, run_id: run }));
      expect(`[${pointsJson(columns, key, run)}]`).toBe(exactJson(named));
    }),
  );
});

it('reads a part of a column', () => {
  const steps = BigInt64Array.of(1n, 2n, 3n).subarray(1);
  expect(pointsJson({ steps, times: steps, values: Float64Array.of(0.5, -0) }, 'a')).toBe(
    '{"key":"a","value":0.5,"timestamp":2,"step":2},{"key":"a","value":-0.0,"timestamp":3,"step":3}',
  );
});
