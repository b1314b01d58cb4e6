import type { ClickHouse, Settings } from './engine';
import { METRIC_POINT } from './metric-point';
import { type AnswerBlock, readNative } from './native-answer';
import type { PointCursor } from './series-reads';
import { STORED_COLUMNS, type StoredPoint, storedPoints, unique } from './stored-points';

/** Points of one metric in columns, by step, time and order of arrival. */
export type HistoryPage = Readonly<{ steps: BigInt64Array; times: BigInt64Array; values: Float64Array }>;
export type MetricOfRuns = Readonly<{ series: readonly number[]; key: number }>;

/** Several threads cost more than they save where one series is read. */
const ONE_THREAD: Settings = { max_threads: 1 };
/** A look-up of scattered rows reads all granules anyhow. */
const LOOK_UP: Settings = { ...ONE_THREAD, optimize_move_to_prewhere: 0 };

type Join = Readonly<{ blocks: readonly AnswerBlock[]; rows: number }>;

function joinedIntegers({ blocks, rows }: Join, name: string): BigInt64Array {
  const joined = new BigInt64Array(rows);
  let at = 0;
  for (const { columns, rows: length } of blocks) {
    joined.set(columns.get(name) as BigInt64Array, at);
    at += length;
  }
  return joined;
}

/** The same bits as doubles. */
const asDoubles = (integers: BigInt64Array): Float64Array => new Float64Array(integers.buffer);

function joinBlocks(bytes: Uint8Array): Join {
  const blocks = [...readNative(bytes)];
  return { blocks, rows: blocks.reduce((sum, block) => sum + block.rows, 0) };
}

/** Each number once. They rise. */
function distinct(sorted: BigInt64Array): BigInt64Array {
  let length = 0;
  for (const step of sorted) if (length === 0 || sorted[length - 1] !== step) sorted[length++] = step;
  return sorted.subarray(0, length);
}

/** Reads of whole histories, in columns: no object is made for each point. */
export function createHistoryReads(clickhouse: ClickHouse) {
  return {
    /** Up to `limit` points after the cursor. */
    async page(asked: {
      series: number;
      key: number;
      after: PointCursor | null;
      limit: number;
    }): Promise<{ points: HistoryPage; next: PointCursor | null }> {
      const { series: s, key: k, after, limit } = asked;
      const [step = '0', time = '0', ver = '0'] = after ?? [];
      const bytes = await clickhouse.bytes(
        `select step, time, reinterpretAsInt64(value) as bits, ver from ${METRIC_POINT} final
         where series = {s:UInt32} and key = {k:UInt32}
         ${after === null ? '' : 'and step >= {step:Int64} and (step, time, bitNot(ver)) > ({step:Int64}, {time:Int64}, bitNot({ver:UInt64}))'}
         order by step, time, ver desc limit {limit:UInt32}`,
        'Native',
        { s, k, limit: limit + 1, ...(after === null ? {} : { step, time, ver }) },
        ONE_THREAD,
      );
      const found = joinBlocks(bytes);
      const rows = Math.min(found.rows, limit);
      const [steps, times, versions] = ['step', 'time', 'ver'].map((name) => joinedIntegers(found, name)) as [
        BigInt64Array,
        BigInt64Array,
        BigInt64Array,
      ];
      const last = rows - 1;
      const place = [steps[last], times[last], BigInt.asUintN(64, versions[last] ?? 0n)].map(String);
      return {
        points: {
          steps: steps.subarray(0, rows),
          times: times.subarray(0, rows),
          values: asDoubles(joinedIntegers(found, 'bits')).subarray(0, rows),
        },
        next: found.rows > limit && rows > 0 ? (place as [string, string, string]) : null,
      };
    },

    /** Every step between two that any of the series has, rising. */
    async steps({ series, key, from, to }: MetricOfRuns & { from: bigint; to: bigint }): Promise<BigInt64Array> {
      const bytes = await clickhouse.bytes(
        `select step from ${METRIC_POINT} where series in {s:Array(UInt32)} and key = {k:UInt32}
         and step between {from:Int64} and {to:Int64} order by step`,
        'Native',
        { s: series, k: key, from, to },
        ONE_THREAD,
      );
      return distinct(joinedIntegers(joinBlocks(bytes), 'step'));
    },

    /** Least and greatest step of each series between two. */
    async ends({ series, key, from, to }: MetricOfRuns & { from: bigint; to: bigint }): Promise<bigint[]> {
      const rows = await clickhouse.rows<{ low: string; high: string }>(
        `select min(step) as low, max(step) as high from ${METRIC_POINT}
         where series in {s:Array(UInt32)} and key = {k:UInt32} and step between {from:Int64} and {to:Int64} group by series`,
        { s: series, k: key, from, to },
      );
      return rows.flatMap(({ low, high }) => [BigInt(low), BigInt(high)]);
    },

    /** The points at these steps, by series, step, time and order of arrival. */
    async at({ series, key, steps }: MetricOfRuns & { steps: readonly bigint[] }): Promise<StoredPoint[]> {
      if (steps.length === 0) return [];
      const bytes = await clickhouse.bytes(
        `select ${STORED_COLUMNS} from ${METRIC_POINT}
         where series in {s:Array(UInt32)} and key = {k:UInt32} and step in (select toInt64(arrayJoin({steps:Array(String)})))`,
        'Native',
        { s: series, k: key, steps: steps.map(String) }, // bound as Array(Int64), bigints would not be read
        LOOK_UP,
      );
      return [...unique([...readNative(bytes)].flatMap(storedPoints))];
    },
  };
}
