import type { CurvePair } from './curve-lines';
import type { AnswerBlock } from './native-answer';

/** A row of the table of points. `arrival` rises with offset and ordinal. */
export type StoredPoint = CurvePair &
  Readonly<{ step: bigint; time: bigint; value: number; bits: bigint; writer: number; arrival: bigint }>;

/** What a query selects to be read here. */
export const STORED_COLUMNS = 'series, key, step, time, value, writer, ver';

export function storedPoints({ rows, columns }: AnswerBlock): StoredPoint[] {
  const numbers = (name: string) => columns.get(name) as Uint32Array | Float64Array;
  const integers = (name: string) => columns.get(name) as BigInt64Array;
  const [series, keys, values, writers] = [numbers('series'), numbers('key'), numbers('value'), numbers('writer')];
  const [steps, times, versions] = [integers('step'), integers('time'), integers('ver')];
  const bits = new BigInt64Array(values.buffer);
  return Array.from({ length: rows }, (_, i) => ({
    series: series[i] as number,
    key: keys[i] as number,
    step: steps[i] as bigint,
    time: times[i] as bigint,
    value: values[i] as number,
    bits: bits[i] as bigint,
    writer: writers[i] as number,
    arrival: ~(versions[i] as bigint),
  }));
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
const inOrder = (a: StoredPoint, b: StoredPoint): number =>
  a.series - b.series ||
  a.key - b.key ||
  compare(a.step, b.step) ||
  compare(a.time, b.time) ||
  compare(a.arrival, b.arrival);
const isSamePlace = (a: StoredPoint, b: StoredPoint): boolean =>
  a.step === b.step && a.time === b.time && a.series === b.series && a.key === b.key;
const isRepeat = (a: StoredPoint, b: StoredPoint): boolean => a.bits === b.bits && a.writer === b.writer;

/** Whether they lie in their order already, as those of one part do. */
const areInOrder = (points: readonly StoredPoint[]): boolean => {
  for (let i = 1; i < points.length; i++)
    if (inOrder(points[i - 1] as StoredPoint, points[i] as StoredPoint) > 0) return false;
  return true;
};

/** Each point once, where it arrived first, in the order of its series. */
export function* unique(points: readonly StoredPoint[]): Generator<StoredPoint> {
  let same: StoredPoint[] = [];
  for (const point of areInOrder(points) ? points : [...points].sort(inOrder)) {
    const [before] = same;
    if (before === undefined || !isSamePlace(before, point)) same = [point];
    else if (same.some((one) => isRepeat(one, point))) continue;
    else same.push(point);
    yield point;
  }
}
