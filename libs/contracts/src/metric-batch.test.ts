import path from 'node:path';
import { isFault } from '@runledger/kernel';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import {
  checkMetricBatch,
  MAX_KEYS_PER_BATCH,
  MAX_POINTS_PER_BATCH,
  type MetricBatch,
  readMetricBatch,
  writeMetricBatch,
} from './metric-batch';
import { isKey } from './names';
import { WireWriter } from './wire';

/** An implementation that shares no code with ours, made from the .proto file by reflection. */
const oracle = protobuf
  .loadSync(path.join(__dirname, '../proto/metric-batch.proto'))
  .lookupType('runledger.v1.MetricBatch');

type Point = readonly [key: number, step: bigint, time: bigint, value: number];
const batchOf = (keys: readonly string[], points: readonly Point[], more: Partial<MetricBatch> = {}): MetricBatch => ({
  run: 'run-1',
  writer: 'writer-1',
  sequence: 3,
  id: 'batch-1',
  time: 1_767_323_045_678,
  keys,
  keyIndex: Uint32Array.from(points, (p) => p[0]),
  steps: BigInt64Array.from(points, (p) => p[1]),
  times: BigInt64Array.from(points, (p) => p[2]),
  values: Float64Array.from(points, (p) => p[3]),
  ...more,
});

const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -100n, max: 100n }),
  fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 0n),
);
const double = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 0, 5e-324, Number.MAX_VALUE));
const key = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).filter(isKey);
const batch = fc
  .uniqueArray(key, { minLength: 1, maxLength: 200 })
  .chain((keys) =>
    fc.record({
      keys: fc.constant(keys),
      points: fc.array(fc.tuple(fc.nat(keys.length - 1), int64, int64, double), { minLength: 1, maxLength: 60 }),
      more: fc.oneof(
        fc.record({
          writer: fc.constant('w'),
          sequence: fc.option(fc.maxSafeNat(), { nil: undefined }),
          time: fc.nat(),
        }),
        fc.record({ writer: fc.constant(''), sequence: fc.constant(undefined) }),
      ),
    }),
  )
  .map(({ keys, points, more }) => batchOf(keys, points, more as Partial<MetricBatch>));

const deltas = (column: BigInt64Array): string[] =>
  Array.from(column, (value, i) => String(BigInt.asIntN(64, value - (i === 0 ? 0n : (column[i - 1] as bigint)))));

/** The batch in the words of the .proto file. */
const inProto = (b: MetricBatch) => ({
  run: b.run,
  writer: b.writer,
  ...(b.sequence === undefined ? {} : { sequence: String(b.sequence) }),
  id: b.id,
  time: String(b.time),
  keys: [...b.keys],
  keyIndex: [...b.keyIndex],
  stepDelta: deltas(b.steps),
  timeDelta: deltas(b.times),
  value: [...b.values],
});

const thrownBy = (work: () => unknown): unknown => {
  try {
    work();
    return null;
  } catch (error) {
    return error;
  }
};
/** What reading fails with. The door's check must say the same of every batch, and leave the same bytes. */
const fails = (bytes: Uint8Array): unknown => {
  const [toRead, toCheck] = [Buffer.from(bytes), Buffer.from(bytes)];
  const error = thrownBy(() => readMetricBatch(toRead));
  expect(String(thrownBy(() => checkMetricBatch(toCheck)))).toBe(String(error));
  expect(toCheck.equals(toRead)).toBe(true);
  return error;
};
const isRefusal = (error: unknown): boolean =>
  isFault(error) && error.kind === 'invalid' && error.code === 'CONTRACTS_BAD_BATCH';

describe('metric batches', () => {
  it('come back as they were written, every int64 and every double', () => {
    fc.assert(
      fc.property(batch, (given) => {
        const bytes = writeMetricBatch(given);
        expect(readMetricBatch(bytes)).toEqual(given);
        // Object.is tells -0 from 0, and NaN from nothing.
        readMetricBatch(bytes).values.forEach((value, i) => expect(Object.is(value, given.values[i])).toBe(true));
      }),
      { numRuns: 300 },
    );
  });

  it('are what protobufjs reads and writes from the .proto file', () => {
    fc.assert(
      fc.property(batch, (given) => {
        const read = oracle.toObject(oracle.decode(writeMetricBatch(given)), { longs: String, defaults: true });
        expect(read).toEqual(inProto(given));
        const written = oracle.encode(oracle.fromObject(inProto(given))).finish();
        expect(readMetricBatch(written)).toEqual(given);
      }),
      { numRuns: 300 },
    );
  });

  it('have one NaN, made so in the bytes themselves', () => {
    const bytes = writeMetricBatch(
      batchOf(
        ['k'],
        [
          [0, 1n, 1n, 1],
          [0, 2n, 2n, 2],
          [0, 3n, 3n, 3],
        ],
      ),
    );
    const values = bytes.subarray(bytes.length - 24);
    const others = ['7ff8000000000001', 'fff8000000000000', '7ff0000000000001'];
    others.forEach((bits, i) => values.writeBigUInt64LE(BigInt(`0x${bits}`), 8 * i));
    expect([...readMetricBatch(bytes).values]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(values.toString('hex')).toBe('000000000000f87f'.repeat(3));
  });

  it('give anything but a batch back as one refusal', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const error = fails(bytes);
        return error === null || isRefusal(error);
      }),
      { numRuns: 3_000 },
    );
  });

  it('are refused, or read as a batch, wherever they are cut, turned or doubled', () => {
    const damage = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }), cut: fc.boolean() });
    fc.assert(
      fc.property(batch, damage, (given, { at, byte, cut }) => {
        const bytes = writeMetricBatch(given);
        const place = at % bytes.length;
        const broken = cut ? bytes.subarray(0, place) : Buffer.concat([bytes]);
        if (!cut) broken[place] = byte;
        const error = fails(broken);
        expect(error === null || isRefusal(error)).toBe(true);
        if (error === null && !cut)
          expect(readMetricBatch(writeMetricBatch(readMetricBatch(broken)))).toEqual(readMetricBatch(broken));
      }),
      { numRuns: 2_000 },
    );
  });

  const written = (build: (out: WireWriter) => void): Buffer => {
    const out = new WireWriter();
    build(out);
    return out.finish();
  };
  const good = batchOf(
    ['a', 'b'],
    [
      [0, 1n, 1n, 1],
      [1, 2n, 2n, 2],
    ],
  );

  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array(0)],
    ['no point', writeMetricBatch(batchOf(['a'], []))],
    ['a run that is no id', writeMetricBatch({ ...good, run: '../x' })],
    ['no id', writeMetricBatch({ ...good, id: '' })],
    ['a writer that is no id', writeMetricBatch({ ...good, writer: 'w w' })],
    ['a sequence without a writer', writeMetricBatch({ ...good, writer: '' })],
    ['a time after the year 9999', writeMetricBatch({ ...good, time: 253_402_300_800_000 })],
    ['a key twice', writeMetricBatch({ ...good, keys: ['a', 'a'] })],
    ['a key of a prototype', writeMetricBatch({ ...good, keys: ['a', '__proto__'] })],
    ['a key with NUL', writeMetricBatch({ ...good, keys: ['a', '\0'] })],
    ['an index beyond the keys', writeMetricBatch({ ...good, keyIndex: Uint32Array.of(0, 2) })],
    ['a column that is short', writeMetricBatch({ ...good, steps: BigInt64Array.of(1n) })],
    ['half a double', writeMetricBatch(good).subarray(0, -4)],
    ['an unknown field', Buffer.concat([writeMetricBatch(good), written((out) => out.chunk(11, Buffer.of(1)))])],
    ['a column twice', Buffer.concat([writeMetricBatch(good), written((out) => out.chunk(7, Buffer.of(0, 1)))])],
    ['a field that is longer than the batch', Buffer.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f)],
    ['a number beyond 2^53', Buffer.of(0x28, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01)],
    [
      'a step of more than 64 bits',
      Buffer.concat([
        writeMetricBatch({ ...good, steps: BigInt64Array.of() }),
        Buffer.of(0x42, 11, 0, ...Array<number>(9).fill(0xff), 0x7f),
      ]),
    ],
    ['a key that is not UTF-8', Buffer.concat([writeMetricBatch(good), Buffer.of(0x32, 2, 0xc3, 0x28)])],
  ])('with %s are refused', (_what, bytes) => expect(isRefusal(fails(bytes))).toBe(true));

  it('have limits, which they may reach', () => {
    const wide = Array.from({ length: MAX_KEYS_PER_BATCH + 1 }, (_, i) => `k${i}`);
    expect(isRefusal(fails(writeMetricBatch(batchOf(wide, [[0, 1n, 1n, 1]]))))).toBe(true);
    expect(fails(writeMetricBatch(batchOf(wide.slice(1), [[0, 1n, 1n, 1]])))).toBeNull();
    const long = Array.from({ length: MAX_POINTS_PER_BATCH + 1 }, (_, i): Point => [0, BigInt(i), 1n, 1]);
    expect(isRefusal(fails(writeMetricBatch(batchOf(['k'], long))))).toBe(true);
    expect(fails(writeMetricBatch(batchOf(['k'], long.slice(1))))).toBeNull();
  });
});
