import { Bindings } from './bindings';
import { type CurvePair, inPairs } from './curve-lines';
import { type BucketRow, mergeRows } from './curve-rows';
import type { ClickHouse } from './engine';
import { METRIC_POINT } from './metric-point';
import { readNative } from './native-answer';
import { type RolledGrid, type Steps, stepsIn } from './rolled-stretches';
import { STORED_COLUMNS, type StoredPoint, storedPoints, unique } from './stored-points';

type PlacedRow = CurvePair & BucketRow;

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
    `select ${STORED_COLUMNS} from ${METRIC_POINT} where ${inPairs(to, pairs)} and (${stepsIn(to, stretches)})`,
    'Native',
    to.params,
    { max_threads: 1 },
  );
  const rows: PlacedRow[] = [];
  for (const point of unique([...readNative(found)].flatMap(storedPoints))) {
    const row = rowOf(point, Number((point.step - origin) / width));
    const before = rows.at(-1);
    if (before?.at === row.at && before.series === row.series && before.key === row.key)
      rows[rows.length - 1] = { ...row, ...mergeRows(before, row) };
    else rows.push(row);
  }
  return rows;
}
