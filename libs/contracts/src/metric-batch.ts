import { Fault } from '@runledger/kernel';
import { isEntityId, isKey } from './names';
import { checkIndices, countVarints, readIndices, sumDeltas, WireReader, WireWriter } from './wire';

/** Most points of one batch. A point's ordinal in its batch fits into 20 bits (see the series table). */
export const MAX_POINTS_PER_BATCH = 200_000;
/** Most names in one batch's dictionary. */
export const MAX_KEYS_PER_BATCH = 100_000;
export const METRICS_LOGGED = 'metrics.logged';
export const METRIC_BATCH_VERSION = 1;
export const METRIC_BATCH_MEDIA_TYPE = 'application/protobuf';

/** Columns have one entry a point, in the order logged. `steps` and `times` (ms since 1970) are absolute here. */
export type MetricBatch = Readonly<{
  run: string;
  /** Empty: nobody in particular, and no receipt. */
  writer: string;
  sequence: number | undefined;
  id: string;
  /** ms since 1970 */
  time: number;
  keys: readonly string[];
  keyIndex: Uint32Array;
  steps: BigInt64Array;
  times: BigInt64Array;
  values: Float64Array;
}>;

const bad = (message: string): Fault => new Fault('invalid', 'CONTRACTS_BAD_BATCH', message);
const WIRE_VARINT = 0;
const WIRE_CHUNK = 2;
const NO_BYTES = new Uint8Array(0);
const NAN_BITS = 0x7ff80000;
/** The last millisecond of the year 9999: later ones have no RFC 3339 time. */
const MAX_MILLIS = 253_402_300_799_999;

class Fields {
  run = '';
  writer = '';
  sequence: number | undefined;
  id = '';
  time = 0;
  readonly keys: string[] = [];
  keyIndex = NO_BYTES;
  steps = NO_BYTES;
  times = NO_BYTES;
  values = NO_BYTES;
}

function readColumn(fields: Fields, name: 'keyIndex' | 'steps' | 'times' | 'values', bytes: Uint8Array): void {
  if (fields[name].length > 0) throw bad(`column ${name} comes twice`);
  fields[name] = bytes as Uint8Array<ArrayBuffer>;
}

/** By field number: its wire type, and how it is read. */
const READERS: Readonly<Record<number, readonly [number, (fields: Fields, reader: WireReader) => void]>> = {
  1: [WIRE_CHUNK, (f, r) => void (f.run = r.string())],
  2: [WIRE_CHUNK, (f, r) => void (f.writer = r.string())],
  3: [WIRE_VARINT, (f, r) => void (f.sequence = r.varint())],
  4: [WIRE_CHUNK, (f, r) => void (f.id = r.string())],
  5: [WIRE_VARINT, (f, r) => void (f.time = r.varint())],
  6: [WIRE_CHUNK, (f, r) => void f.keys.push(r.string())],
  7: [WIRE_CHUNK, (f, r) => readColumn(f, 'keyIndex', r.chunk())],
  8: [WIRE_CHUNK, (f, r) => readColumn(f, 'steps', r.chunk())],
  9: [WIRE_CHUNK, (f, r) => readColumn(f, 'times', r.chunk())],
  10: [WIRE_CHUNK, (f, r) => readColumn(f, 'values', r.chunk())],
};

function readFields(bytes: Uint8Array): Fields {
  const reader = new WireReader(bytes);
  const fields = new Fields();
  while (!reader.done) {
    const tag = reader.varint();
    const known = READERS[Math.floor(tag / 8)];
    if (known === undefined || known[0] !== tag % 8)
      throw bad(`field ${Math.floor(tag / 8)} with wire type ${tag % 8} is none of a metric batch, version 1`);
    known[1](fields, reader);
    if (fields.keys.length > MAX_KEYS_PER_BATCH) throw bad(`a batch has at most ${MAX_KEYS_PER_BATCH} keys`);
  }
  return fields;
}

function checkNames(fields: Fields): void {
  if (!isEntityId(fields.run)) throw bad('run must be 1 to 128 of A-Z a-z 0-9 _ . : -');
  if (!isEntityId(fields.id)) throw bad('id must be 1 to 128 of A-Z a-z 0-9 _ . : -');
  if (fields.writer !== '' && !isEntityId(fields.writer)) throw bad('writer must be 1 to 128 of A-Z a-z 0-9 _ . : -');
  if (fields.sequence !== undefined && fields.writer === '') throw bad('a sequence needs a writer');
  if (fields.time > MAX_MILLIS) throw bad('time must be in milliseconds since 1970, before the year 10000');
  for (const key of fields.keys)
    if (!isKey(key)) throw bad(`${JSON.stringify(key.slice(0, 80))} cannot be a metric's name`);
  if (new Set(fields.keys).size !== fields.keys.length) throw bad('a key stands twice in the dictionary');
}

const EXPONENT = 0x7ff00000;

/** Makes every NaN of a packed column of doubles the one that is stored, in place. */
function canonicaliseNaN(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; at += 8) {
    const high = view.getUint32(at + 4, true);
    if ((high & EXPONENT) !== EXPONENT) continue;
    if ((high & 0xfffff) === 0 && view.getUint32(at, true) === 0) continue; // an infinity
    view.setUint32(at, 0, true);
    view.setUint32(at + 4, NAN_BITS, true);
  }
}

/** The fields of a batch whose columns have one length, and that length. */
function readChecked(bytes: Uint8Array): { fields: Fields; points: number } {
  const fields = readFields(bytes);
  checkNames(fields);
  if (fields.values.length % 8 !== 0) throw bad('column value is not made of doubles');
  const n = fields.values.length / 8;
  if (n === 0) throw bad('a batch has at least one point');
  if (n > MAX_POINTS_PER_BATCH) throw bad(`a batch has at most ${MAX_POINTS_PER_BATCH} points, this one has ${n}`);
  for (const column of ['keyIndex', 'steps', 'times'] as const) {
    const length = countVarints(fields[column]);
    if (length !== n) throw bad(`column ${column} has ${length} entries, column value ${n}`);
  }
  canonicaliseNaN(fields.values);
  return { fields, points: n };
}

/** What the door needs to know of a batch that it passes on as it came. */
export type CheckedBatch = Pick<MetricBatch, 'run' | 'writer' | 'sequence' | 'id' | 'time'> &
  Readonly<{ points: number; keys: readonly string[] }>;

/**
 * Checks a batch from untrusted bytes: accepts just what `readMetricBatch` accepts, without making columns of it. NaNs are made
 * canonical in `bytes` itself, which can then be published as they are.
 * @throws Fault invalid CONTRACTS_BAD_BATCH
 */
export function checkMetricBatch(bytes: Uint8Array): CheckedBatch {
  const { fields, points } = readChecked(bytes);
  checkIndices(fields.keyIndex, fields.keys.length);
  const { run, writer, sequence, id, time } = fields;
  return { run, writer, sequence, id, time, points, keys: fields.keys };
}

/**
 * Reads a batch from untrusted bytes. NaNs are made canonical in `bytes` itself.
 * @throws Fault invalid CONTRACTS_BAD_BATCH
 */
export function readMetricBatch(bytes: Uint8Array): MetricBatch {
  const { fields, points } = readChecked(bytes);
  const values = new Float64Array(points);
  new Uint8Array(values.buffer).set(fields.values);
  return {
    run: fields.run,
    writer: fields.writer,
    sequence: fields.sequence,
    id: fields.id,
    time: fields.time,
    keys: fields.keys,
    keyIndex: readIndices(fields.keyIndex, points, fields.keys.length),
    steps: sumDeltas(fields.steps, points),
    times: sumDeltas(fields.times, points),
    values,
  };
}

function packedDeltas(column: BigInt64Array): Buffer {
  const out = new WireWriter(column.length * 2);
  let before = 0n;
  for (const value of column) {
    out.sint64(value - before);
    before = value;
  }
  return out.finish();
}

function packedIndices(column: Uint32Array): Buffer {
  const out = new WireWriter(column.length * 2);
  for (const value of column) out.varint(value);
  return out.finish();
}

/** Writes a batch; the reader's checks are not repeated here. */
export function writeMetricBatch(batch: MetricBatch): Buffer {
  const out = new WireWriter(256 + batch.values.length * 14);
  out.string(1, batch.run);
  if (batch.writer !== '') out.string(2, batch.writer);
  if (batch.sequence !== undefined) {
    out.varint(3 * 8 + WIRE_VARINT);
    out.varint(batch.sequence);
  }
  out.string(4, batch.id);
  out.varint(5 * 8 + WIRE_VARINT);
  out.varint(batch.time);
  for (const key of batch.keys) out.string(6, key);
  out.chunk(7, packedIndices(batch.keyIndex));
  out.chunk(8, packedDeltas(batch.steps));
  out.chunk(9, packedDeltas(batch.times));
  out.chunk(10, new Uint8Array(batch.values.buffer, batch.values.byteOffset, batch.values.byteLength));
  return out.finish();
}
