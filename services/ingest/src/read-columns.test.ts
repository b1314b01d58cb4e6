import { type MetricBatch, readMetricBatch, writeMetricBatch } from '@runledger/contracts';
import { isFault } from '@runledger/kernel';
import fc from 'fast-check';
import { columnsBody } from './ingest.schema';
import { readColumns } from './read-columns';

const NOW = Date.UTC(2026, 4, 4);
const series = (more: object = {}) => ({ key: 'loss', steps: [0, 1], values: [0.5, 0.25], ...more });
const body = (more: object = {}) => ({ run: 'r1', series: [series()], ...more });
/** As the log will hold it. */
const read = (value: unknown): MetricBatch => readMetricBatch(writeMetricBatch(readColumns(value, NOW)));
function refusal(value: unknown): string {
  try {
    readColumns(value, NOW);
    return 'accepted';
  } catch (error) {
    return isFault(error) ? `${error.kind} ${error.code}: ${error.message}` : String(error);
  }
}

describe('metrics in JSON', () => {
  it('become the columns of a batch, in the order of the request', () => {
    const batch = read(
      body({
        writer: 'p1',
        sequence: 7,
        id: 'b1',
        time: 1_000,
        series: [
          series({ times: [5, '6'] }),
          series({ key: 'acc', steps: ['-9223372036854775808', '9223372036854775807'], values: [1, 0] }),
          series({ steps: [-2, 9_007_199_254_740_991] }),
        ],
      }),
    );
    expect(batch).toEqual({
      run: 'r1',
      writer: 'p1',
      sequence: 7,
      id: 'b1',
      time: 1_000,
      keys: ['loss', 'acc'],
      keyIndex: Uint32Array.of(0, 0, 1, 1, 0, 0),
      steps: BigInt64Array.of(0n, 1n, -(2n ** 63n), 2n ** 63n - 1n, -2n, 2n ** 53n - 1n),
      times: BigInt64Array.of(5n, 6n, 1_000n, 1_000n, 1_000n, 1_000n),
      values: Float64Array.of(0.5, 0.25, 1, 0, 0.5, 0.25),
    });
  });

  it('keep NaN, both infinities and -0 exactly', () => {
    const values = ['NaN', 'Infinity', '-Infinity', -0, 5e-324, 1.7976931348623157e308];
    const batch = read(body({ series: [series({ steps: values.map((_, i) => i), values })] }));
    const expected = [Number.NaN, Infinity, -Infinity, -0, 5e-324, 1.7976931348623157e308];
    expect([...batch.values].map((v, i) => Object.is(v, expected[i]))).toEqual(expected.map(() => true));
  });

  it('get an id and the time of the request when they have none', () => {
    const batch = read(body());
    expect(batch).toMatchObject({
      writer: '',
      sequence: undefined,
      time: NOW,
      times: BigInt64Array.of(BigInt(NOW), BigInt(NOW)),
    });
    expect(batch.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(read(body({ time: '2026-01-01T00:00:00+01:00' })).time).toBe(Date.UTC(2025, 11, 31, 23));
  });

  it('keep every int64 and every double', () => {
    const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(fc.array(fc.tuple(int64, fc.double({ noNaN: true })), { minLength: 1 }), (points) => {
        const steps = points.map(([step]) =>
          BigInt(Number(step)) === step && Number.isSafeInteger(Number(step)) ? Number(step) : String(step),
        );
        const values = points.map(([, value]) => (Number.isFinite(value) ? value : String(value)));
        const batch = read(body({ series: [series({ steps, values })] }));
        expect([...batch.steps]).toEqual(points.map(([step]) => step));
        expect([...batch.values].every((value, i) => Object.is(value, points[i]?.[1]))).toBe(true);
      }),
    );
  });

  it.each<[unknown, string]>([
    [null, 'body must be an object'],
    [[], 'body must be an object'],
    [body({ workspace: 'w2' }), 'body.workspace is unknown'],
    [body({ run: 'a/b' }), 'run must be'],
    [body({ run: undefined }), 'run must be'],
    [body({ writer: '' }), 'writer must be'],
    [body({ id: 7 }), 'id must be'],
    [body({ sequence: 1 }), 'sequence needs a writer'],
    [body({ writer: 'p1', sequence: -1 }), 'sequence must be'],
    [body({ writer: 'p1', sequence: 1.5 }), 'sequence must be'],
    [body({ time: -1 }), 'time must be'],
    [body({ time: 253_402_300_800_000 }), 'time must be'],
    [body({ time: 'yesterday' }), 'time must be'],
    [body({ series: {} }), 'series must be an array'],
    [body({ series: [] }), 'series has no point'],
    [body({ series: [series({ steps: [], values: [] })] }), 'series has no point'],
    [body({ series: [series(), 7] }), 'series.1 must be an object'],
    [body({ series: [series({ unit: 'm' })] }), 'series.0.unit is unknown'],
    [body({ series: [series({ key: '__proto__' })] }), 'series.0.key cannot'],
    [body({ series: [series({ key: 'k'.repeat(251) })] }), 'series.0.key cannot'],
    [body({ series: [series({ values: [1] })] }), 'series.0 has columns of different lengths'],
    [body({ series: [series({ times: [1] })] }), 'series.0 has columns of different lengths'],
    [body({ series: [series({ steps: [0, 1.5] })] }), 'series.0.steps.1 must be'],
    [body({ series: [series({ steps: [0, 2 ** 53] })] }), 'series.0.steps.1 must be'],
    [body({ series: [series({ steps: [0, '9223372036854775808'] })] }), 'series.0.steps.1 must be'],
    [body({ series: [series({ steps: [0, '1e3'] })] }), 'series.0.steps.1 must be'],
    [body({ series: [series({ steps: [0, null] })] }), 'series.0.steps.1 must be'],
    [body({ series: [series({ times: [0, 0.1] })] }), 'series.0.times.1 must be'],
    [body({ series: [series({ values: [0, 'nan'] })] }), 'series.0.values.1 must be'],
    [body({ series: [series({ values: [0, '1'] })] }), 'series.0.values.1 must be'],
    [body({ series: [series({ values: [0, null] })] }), 'series.0.values.1 must be'],
    [body({ series: [series({ values: [0, 'toString'] })] }), 'series.0.values.1 must be'],
    [
      body({ series: [series({ steps: Array(200_001).fill(1), values: Array(200_001).fill(1) })] }),
      'series has 200001',
    ],
  ])('are refused where they are bad (%#)', (value, message) => {
    expect(refusal(value)).toContain(`invalid INGEST_BAD_METRICS: ${message}`);
  });

  it('are taken and refused as their schema says, but for what only the whole shows', () => {
    const loose = fc.constantFrom<unknown>(
      0,
      -1,
      1.5,
      2 ** 53,
      '7',
      '-0',
      '',
      'NaN',
      '1e3',
      null,
      true,
      'x'.repeat(20),
    );
    const column = fc.oneof({ weight: 5, arbitrary: fc.constant([1, 2]) }, fc.tuple(loose, loose), loose);
    const member = (good: unknown) => fc.oneof({ weight: 8, arbitrary: fc.constant(good) }, loose);
    const one = fc.record({ key: member('loss'), steps: column, values: column, times: column }, { requiredKeys: [] });
    const request = fc.record(
      {
        run: member('r1'),
        writer: member('p1'),
        sequence: member(0),
        id: member('b1'),
        time: member(5),
        series: fc.oneof({ weight: 8, arbitrary: fc.array(one, { minLength: 1, maxLength: 3 }) }, loose),
        extra: fc.constant(1),
      },
      { requiredKeys: ['run', 'writer', 'series'] },
    );
    let taken = 0;
    fc.assert(
      fc.property(request, (value) => {
        const said = refusal(value);
        if (said.includes('different lengths') || said.includes('no point')) return;
        expect([said === 'accepted', said]).toEqual([columnsBody.safeParse(value).success, said]);
        taken += said === 'accepted' ? 1 : 0;
      }),
      { numRuns: 3_000 },
    );
    expect(taken).toBeGreaterThan(10);
  });
});
