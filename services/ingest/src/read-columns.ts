import {
  Int64Column,
  instant,
  isEntityId,
  isKey,
  MAX_KEYS_PER_BATCH,
  MAX_POINTS_PER_BATCH,
  type MetricBatch,
} from '@runledger/contracts';
import { Fault, uuidv7 } from '@runledger/kernel';
import { MAX_MILLIS } from './ingest.schema';

/** One series of the JSON form, as far as it has been looked at. */
type Series = { key: string; steps: unknown[]; values: unknown[]; times: unknown[] | undefined };

const WORDS: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};
const MEMBERS = new Set(['run', 'writer', 'sequence', 'id', 'time', 'series']);
const SERIES_MEMBERS = new Set(['key', 'steps', 'values', 'times']);

const bad = (place: string, what: string): Fault => new Fault('invalid', 'INGEST_BAD_METRICS', `${place} ${what}`);

function readObject(value: unknown, place: string, members: ReadonlySet<string>): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad(place, 'must be an object');
  for (const name of Object.keys(value))
    if (!members.has(name)) throw bad(`${place}.${name.slice(0, 80)}`, 'is unknown');
  return value as Record<string, unknown>;
}

function readId(value: unknown, place: string): string {
  if (typeof value !== 'string' || !isEntityId(value))
    throw bad(place, 'must be 1 to 128 of A-Z a-z 0-9 _ . : - and begin with a letter or digit');
  return value;
}

function readColumn(value: unknown, place: string): unknown[] {
  if (!Array.isArray(value)) throw bad(place, 'must be an array');
  return value as unknown[];
}

function readSeries(value: unknown, place: string): Series {
  const members = readObject(value, place, SERIES_MEMBERS);
  const { key } = members;
  if (typeof key !== 'string' || !isKey(key)) throw bad(`${place}.key`, "cannot be a metric's name");
  const steps = readColumn(members['steps'], `${place}.steps`);
  const values = readColumn(members['values'], `${place}.values`);
  const times = members['times'] === undefined ? undefined : readColumn(members['times'], `${place}.times`);
  if (steps.length !== values.length || (times !== undefined && times.length !== values.length))
    throw bad(place, 'has columns of different lengths');
  return { key, steps, values, times };
}

/** All points of the request in columns, in the order in which they stand in it. */
class Points {
  readonly keys: string[] = [];
  readonly keyIndex: Uint32Array;
  readonly steps: Int64Column;
  readonly times: Int64Column;
  readonly values: Float64Array;
  readonly #indexOf = new Map<string, number>();
  #at = 0;

  constructor(
    length: number,
    private readonly now: number,
  ) {
    this.keyIndex = new Uint32Array(length);
    this.steps = new Int64Column(length);
    this.times = new Int64Column(length);
    this.values = new Float64Array(length);
  }

  #index(key: string): number {
    const known = this.#indexOf.get(key);
    if (known !== undefined) return known;
    this.#indexOf.set(key, this.keys.length);
    return this.keys.push(key) - 1;
  }

  add({ key, steps, values, times }: Series, place: string): void {
    const index = this.#index(key);
    for (let i = 0; i < values.length; i++) {
      const at = this.#at++;
      const value = values[i];
      this.keyIndex[at] = index;
      if (!this.steps.put(at, steps[i])) throw bad(`${place}.steps.${i}`, 'must be a 64-bit integer');
      if (times === undefined) this.times.putNumber(at, this.now);
      else if (!this.times.put(at, times[i])) throw bad(`${place}.times.${i}`, 'must be a 64-bit integer');
      if (typeof value === 'number') this.values[at] = value;
      else if (typeof value === 'string' && Object.hasOwn(WORDS, value)) this.values[at] = WORDS[value] as number;
      else throw bad(`${place}.values.${i}`, 'must be a number, "NaN", "Infinity" or "-Infinity"');
    }
  }
}

function readTime(value: unknown, now: number): number {
  if (value === undefined) return now;
  const millis = typeof value === 'string' && instant.safeParse(value).success ? Date.parse(value) : value;
  if (typeof millis !== 'number' || !Number.isSafeInteger(millis) || millis < 0 || millis > MAX_MILLIS)
    throw bad('time', 'must be an RFC 3339 time with a zone, or milliseconds since 1970');
  return millis;
}

function readPoints(series: unknown[], now: number): Points {
  const read = series.map((one, i) => readSeries(one, `series.${i}`));
  const length = read.reduce((sum, { values }) => sum + values.length, 0);
  if (length === 0) throw bad('series', 'has no point');
  if (length > MAX_POINTS_PER_BATCH)
    throw bad('series', `has ${length} points; a batch has at most ${MAX_POINTS_PER_BATCH}`);
  const points = new Points(length, now);
  for (const [i, one] of read.entries()) points.add(one, `series.${i}`);
  if (points.keys.length > MAX_KEYS_PER_BATCH) throw bad('series', `has more than ${MAX_KEYS_PER_BATCH} keys`);
  return points;
}

/**
 * Metrics in their JSON form. By hand, since this is the hot path of clients without protobuf; columnsBody says the same.
 * @throws Fault invalid INGEST_BAD_METRICS, which names the first bad place
 */
export function readColumns(body: unknown, now: number): MetricBatch {
  const { run, writer, sequence, id, time, series } = readObject(body, 'body', MEMBERS);
  if (sequence !== undefined && (typeof sequence !== 'number' || !Number.isSafeInteger(sequence) || sequence < 0))
    throw bad('sequence', 'must be a whole number from 0');
  if (sequence !== undefined && writer === undefined) throw bad('sequence', 'needs a writer');
  const sealed = readTime(time, now);
  const head = {
    run: readId(run, 'run'),
    writer: writer === undefined ? '' : readId(writer, 'writer'),
    sequence,
    id: id === undefined ? uuidv7() : readId(id, 'id'),
    time: sealed,
  };
  const { keys, keyIndex, steps, times, values } = readPoints(readColumn(series, 'series'), sealed);
  return { ...head, keys, keyIndex, steps: steps.values, times: times.values, values };
}
