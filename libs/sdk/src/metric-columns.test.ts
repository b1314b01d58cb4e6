import { readMetricBatch } from '@runledger/contracts';
import fc from 'fast-check';
import { checkStep, countMetrics, MetricColumns } from './metric-columns';

const head = { run: 'r1', writer: 'w1', sequence: 7, id: 'b1', time: 1_700_000_000_000 };
const step = fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
const points = fc.array(
  fc.record({
    key: fc.constantFrom('loss', 'accuracy', 'ünïcode/ключ', 'a b'),
    value: fc.double(),
    step,
    time: fc.integer({ min: -8e12, max: 8e12 }),
  }),
  { minLength: 1, maxLength: 3_000 },
);

describe('the columns of a batch', () => {
  it('give back every point exactly: any step, any time, NaN, infinities and -0, in the order logged', () => {
    fc.assert(
      fc.property(points, (given) => {
        const columns = new MetricColumns();
        for (const { key, value, step, time } of given) columns.append(key, value, step, time);
        const batch = readMetricBatch(columns.encode(head));
        const read = given.map((_, i) => ({
          key: batch.keys[batch.keyIndex[i] as number],
          value: batch.values[i],
          step: batch.steps[i],
          time: batch.times[i],
        }));
        expect(read).toEqual(given.map((p) => ({ ...p, step: BigInt(p.step), time: BigInt(p.time) })));
        expect(batch).toMatchObject(head);
      }),
      { numRuns: 50 },
    );
  });

  it('hold the points of the next batch only, once they were cleared', () => {
    const columns = new MetricColumns();
    columns.append('old', 1, 0, 0);
    columns.clear();
    columns.append('new', 2, 5, 6);
    const { keys, steps, values } = readMetricBatch(columns.encode(head));
    expect([keys, [...steps], [...values]]).toEqual([['new'], [5n], [2]]);
  });

  it('forget what was taken back', () => {
    const columns = new MetricColumns();
    columns.append('kept', 1, 1, 1);
    columns.append('gone', 2, 2, 2);
    columns.rewind(1);
    columns.append('kept', 3, 3, 3);
    expect([...readMetricBatch(columns.encode(head)).values]).toEqual([1, 3]);
  });

  it.each(['', 'x'.repeat(251), 'a\u0000b', '\ud800', '__proto__'])('refuse the name %j', (key) => {
    const columns = new MetricColumns();
    expect(() => columns.append(key, 1, 1, 1)).toThrow(expect.objectContaining({ code: 'SDK_BAD_METRIC' }) as Error);
    expect(columns.count).toBe(0);
  });

  it('refuse values that are no numbers and steps that are no int64', () => {
    expect(() => countMetrics({ a: 1, b: '2' as unknown as number })).toThrow(/"b" has the value 2 of type string/);
    expect(() => checkStep(1.5)).toThrow(/no 64-bit integer/);
    expect(() => checkStep(2 ** 53)).toThrow(/give it as a bigint/);
    expect(() => checkStep(2n ** 63n)).toThrow(/no 64-bit integer/);
    expect(() => checkStep(-(2n ** 63n))).not.toThrow();
  });
});
