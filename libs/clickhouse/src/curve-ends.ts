import { Bindings } from './bindings';
import { type CurvePair, inPairs } from './curve-axis';
import { type BucketRow, mergeRows } from './curve-rows';
import type { ClickHouse } from './engine';
import { METRIC_POINT } from './metric-point';
import { type AnswerBlock, readNative } from './native-answer';
import { type RolledGrid, type Steps, stepsIn } from './rolled-stretches';

type PlacedRow = CurvePair & BucketRow;
type StoredPoint = CurvePair &
  Readonly<{ step: bigint; time: bigint; value: number; bits: bigint; writer: number; arrival: bigint }>;

function pointsOf({ rows, columns }: AnswerBlock): StoredPoint[] {
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
const isRepeat = (a: StoredPoint, b: StoredPoint): boolean => a.bits === b.bits && a.writer === b.writer;

/** Each point once, where it arrived first, in the order of its series. */
function* unique(points: readonly StoredPoint[]): Generator<StoredPoint> {
  let same: StoredPoint[] = [];
  for (const point of [...points].sort(inOrder)) {
    const [before] = same;
    const isSamePlace = before !== undefined && inOrder({ ...before, arrival: 0n }, { ...point, arrival: 0n }) === 0;
    if (!isSamePlace) same = [];
    else if (same.some((one) => isRepeat(one, point))) continue;
    same.push(point);
    yield point;
  }
}

const NOTHING = { nans: 0, positiveInfs: 0, negativeInfs: 0, low: 0, high: 0, total: 0, first: 0, last: 0 };

function rowOf({ series, key, step, value }: StoredPoint, at: number): PlacedRow {
  const row = { ...NOTHING, series, key, at, points: 1, firstStep: step, lastStep: step };
  if (Number.isNaN(value)) return { ...row, nans: 1 };
  if (value === Infinity) return { ...row, positiveInfs: 1 };
  if (value === -Infinity) return { ...row, negativeInfs: 1 };
  return { ...row, low: value, high: value, total: value, first: value, last: value };
}

/**
 * Buckets of the points in short stretches of some curves. The engine only looks the points up: to plan their aggregates takes it
 * three times as long, and so do several threads, FINAL and an order for a thousand rows.
 */
export async function readEnds(
  clickhouse: ClickHouse,
  { origin, width }: RolledGrid,
  asked: Readonly<{ pairs: readonly CurvePair[]; stretches: readonly Steps[] }>,
): Promise<PlacedRow[]> {
  const { pairs, stretches } = asked;
  if (pairs.length === 0 || stretches.length === 0) return [];
  const to = new Bindings();
  const found = await clickhouse.bytes(
    `select series, key, step, time, value, writer, ver from ${METRIC_POINT} where ${inPairs(to, pairs)} and (${stepsIn(to, stretches)})`,
    'Native',
    to.params,
    { max_threads: 1 },
  );
  const rows: PlacedRow[] = [];
  for (const point of unique([...readNative(found)].flatMap(pointsOf))) {
    const row = rowOf(point, Number((point.step - origin) / width));
    const before = rows.at(-1);
    if (before?.at === row.at && before.series === row.series && before.key === row.key)
      rows[rows.length - 1] = { ...row, ...mergeRows(before, row) };
    else rows.push(row);
  }
  return rows;
}
