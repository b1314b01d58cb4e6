import { Bindings } from './bindings';
import { type CurvePair, inPairs } from './curve-lines';
import type { BucketRow } from './curve-rows';
import type { ClickHouse } from './engine';
import { METRIC_POINT } from './metric-point';
import { readNative } from './native-answer';
import { type RolledGrid, type Steps, stepsIn } from './rolled-stretches';
import { STORED_COLUMNS, storedPoints, unique } from './stored-points';

type PlacedRow = CurvePair & BucketRow;
type Growing = { -readonly [Name in keyof PlacedRow]: PlacedRow[Name] };

/** Said member by member: to spread them took as long as the engine does. */
const begun = ({ series, key }: CurvePair, at: number): Growing => ({
  series,
  key,
  at,
  points: 0,
  nans: 0,
  positiveInfs: 0,
  negativeInfs: 0,
  firstStep: 0n,
  lastStep: 0n,
  low: Infinity,
  high: -Infinity,
  total: 0,
  first: 0,
  last: 0,
});

/** Adds the point that comes next. In place: a row of its own for each point took three times as long as the engine. */
function grow(row: Growing, step: bigint, value: number): void {
  const isFirst = row.points === row.nans + row.positiveInfs + row.negativeInfs;
  row.points++;
  if (Number.isNaN(value)) row.nans++;
  else if (value === Infinity) row.positiveInfs++;
  else if (value === -Infinity) row.negativeInfs++;
  else {
    if (isFirst) {
      row.firstStep = step;
      row.first = value;
    }
    row.lastStep = step;
    row.last = value;
    row.total += value;
    if (value < row.low) row.low = value;
    if (value > row.high) row.high = value;
  }
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
  const rows: Growing[] = [];
  let row: Growing | undefined;
  for (const { series, key, step, value } of unique([...readNative(found)].flatMap(storedPoints))) {
    const at = Number((step - origin) / width);
    if (row?.at !== at || row.series !== series || row.key !== key) {
      row = begun({ series, key }, at);
      rows.push(row);
    }
    grow(row, step, value);
  }
  return rows;
}
