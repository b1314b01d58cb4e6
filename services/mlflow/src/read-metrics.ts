import { Int64Column, isKey, type MetricBatch } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';

/** Metrics in columns, in the order in which they stand in the request. */
export type MetricColumns = Pick<MetricBatch, 'keys' | 'keyIndex' | 'steps' | 'times' | 'values'>;

const WORDS: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

const bad = (at: number, what: string): Fault =>
  new Fault('invalid', 'MLFLOW_BAD_METRIC', `Invalid value for parameter 'metrics[${at}]' supplied: ${what}`);

/** Whole numbers that a double would change come as text (see parseStrictJson); as values they are rounded, like all others. */
const LONG_DIGITS = /^-?\d{16,309}$/;
/** Beyond 2^53 a number that came as one is exact. */
const exactly = (value: unknown): unknown =>
  typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value) ? String(BigInt(value)) : value;

function readValue(value: unknown, at: number): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && Object.hasOwn(WORDS, value)) return WORDS[value] as number;
  if (typeof value === 'string' && LONG_DIGITS.test(value)) return Number(value);
  throw bad(at, 'value must be a number, NaN, Infinity or -Infinity');
}

/** Keys by their place in the dictionary. The same key often comes many times in a row. */
class Keys {
  readonly names: string[] = [];
  readonly #indexOf = new Map<string, number>();

  index(key: unknown, at: number): number {
    if (typeof key !== 'string') throw bad(at, 'a metric has a key');
    const known = this.#indexOf.get(key);
    if (known !== undefined) return known;
    if (!isKey(key)) throw bad(at, 'key must be 1 to 250 characters of well-formed text');
    this.#indexOf.set(key, this.names.length);
    return this.names.push(key) - 1;
  }
}

/**
 * Metrics of a request, as columns. By hand, since this is the hot path. Members that are not known are ignored, as everywhere in this protocol.
 * @throws Fault invalid MLFLOW_BAD_METRIC, which names the first bad one
 */
export function readMetrics(items: readonly unknown[]): MetricColumns {
  const length = items.length;
  const keys = new Keys();
  const keyIndex = new Uint32Array(length);
  const steps = new Int64Column(length);
  const times = new Int64Column(length);
  const values = new Float64Array(length);
  for (let at = 0; at < length; at++) {
    const item = items[at];
    if (typeof item !== 'object' || item === null) throw bad(at, 'a metric is an object');
    const { key, value, timestamp, step } = item as Record<string, unknown>;
    keyIndex[at] = keys.index(key, at);
    values[at] = readValue(value, at);
    if (!times.put(at, exactly(timestamp))) throw bad(at, 'timestamp must be a 64-bit integer, exactly');
    if (!steps.put(at, exactly(step ?? 0))) throw bad(at, 'step must be a 64-bit integer, exactly');
  }
  return { keys: keys.names, keyIndex, steps: steps.values, times: times.values, values };
}
