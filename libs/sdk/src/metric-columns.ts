import { isKey, MAX_KEYS_PER_BATCH, type MetricBatch, writeMetricBatch } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';

const TWO_32 = 4_294_967_296;
/** Characters of names after which a batch is sealed early: a batch of long names stays far below the door's limit. */
const MAX_NAME_CHARS = 1_000_000;
const FIRST_CAPACITY = 1_024;

export type BatchHead = Pick<MetricBatch, 'run' | 'writer' | 'sequence' | 'id' | 'time'>;

const bad = (message: string): Fault => new Fault('invalid', 'SDK_BAD_METRIC', message);

function badValue(key: string, value: unknown): Fault {
  return bad(`${JSON.stringify(key)} has the value ${String(value)} of type ${typeof value}; a metric is a number`);
}

/** An int64 column that is filled without making a bigint for every step. */
class Int64Column {
  values = new BigInt64Array(FIRST_CAPACITY);
  #halves = new Int32Array(this.values.buffer); // little-endian: low half first

  grow(capacity: number): void {
    const larger = new BigInt64Array(capacity);
    larger.set(this.values);
    this.values = larger;
    this.#halves = new Int32Array(larger.buffer);
  }

  put(at: number, value: number): void {
    this.#halves[2 * at] = value | 0;
    this.#halves[2 * at + 1] = Math.floor(value / TWO_32);
  }
}

/** The points of one batch in the making, as growable typed columns. Appending makes no object per point. */
export class MetricColumns {
  #names: string[] = [];
  #indexOf = new Map<string, number>();
  #nameChars = 0;
  #keyIndex = new Uint32Array(FIRST_CAPACITY);
  #steps = new Int64Column();
  #times = new Int64Column();
  #values = new Float64Array(FIRST_CAPACITY);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** True when a call with `more` metrics could leave what one batch may hold. */
  wouldOverflow(more: number, maxPoints: number): boolean {
    return (
      this.#count + more > maxPoints ||
      this.#names.length + more > MAX_KEYS_PER_BATCH ||
      this.#nameChars > MAX_NAME_CHARS
    );
  }

  /**
   * One point. The caller has checked that `step` fits.
   * @throws Fault invalid SDK_BAD_METRIC for a name that no store keeps; nothing is taken then
   */
  append(key: string, value: number, step: number | bigint, time: number): void {
    let index = this.#indexOf.get(key);
    if (index === undefined) index = this.#learn(key);
    const at = this.#count;
    if (at === this.#values.length) this.#grow(at * 2);
    this.#keyIndex[at] = index;
    this.#values[at] = value;
    this.#times.put(at, time);
    if (typeof step === 'number') this.#steps.put(at, step);
    else this.#steps.values[at] = step;
    this.#count = at + 1;
  }

  #learn(key: string): number {
    checkMetricName(key);
    const index = this.#names.length;
    this.#names.push(key);
    this.#indexOf.set(key, index);
    this.#nameChars += key.length;
    return index;
  }

  #grow(capacity: number): void {
    const keyIndex = new Uint32Array(capacity);
    keyIndex.set(this.#keyIndex);
    this.#keyIndex = keyIndex;
    const values = new Float64Array(capacity);
    values.set(this.#values);
    this.#values = values;
    this.#steps.grow(capacity);
    this.#times.grow(capacity);
  }

  encode(head: BatchHead): Buffer {
    const n = this.#count;
    return writeMetricBatch({
      ...head,
      keys: this.#names,
      keyIndex: this.#keyIndex.subarray(0, n),
      steps: this.#steps.values.subarray(0, n),
      times: this.#times.values.subarray(0, n),
      values: this.#values.subarray(0, n),
    });
  }

  /** Takes back the points after the first `count`. A name that only they had stays in the dictionary. */
  rewind(count: number): void {
    if (count < this.#count) this.#count = count;
  }

  /** Forgets the points; the columns keep their room. */
  clear(): void {
    this.#names = [];
    this.#indexOf.clear();
    this.#nameChars = 0;
    this.#count = 0;
  }
}

function checkMetricName(key: string): void {
  if (!isKey(key))
    throw bad(`${JSON.stringify(key.slice(0, 80))} cannot be a metric's name: 1 to 250 characters of clean text`);
}

/** Counts the metrics of one call. @throws Fault invalid SDK_BAD_METRIC when a value is no number */
export function countMetrics(metrics: Readonly<Record<string, number>>): number {
  let n = 0;
  for (const key in metrics) {
    if (typeof metrics[key] !== 'number') throw badValue(key, metrics[key]);
    n++;
  }
  return n;
}

/** @throws Fault invalid SDK_BAD_METRIC when the step is no int64 */
export function checkStep(step: number | bigint): void {
  if (typeof step === 'number' ? !Number.isSafeInteger(step) : step !== BigInt.asIntN(64, step))
    throw bad(`step ${step} is no 64-bit integer; beyond 2^53 give it as a bigint`);
}
