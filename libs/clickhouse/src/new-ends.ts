import type { ClickHouse } from './engine';
import { METRIC_POINT, versionsOf } from './metric-point';
import { float } from './series-reads';

/** `origin` is offset * 2^20 + ordinal. */
export type NewEnd = Readonly<{ origin: bigint; step: bigint; value: number }>;

type Row = { series: number; key: number; end: string; at: string; reached: number | string };

/**
 * Of a stored range, by `<series>/<key>`: the last point in the order of the log that no earlier record had brought already.
 * A metric of which the range brought nothing new has none. It reads the steps that the range touched, and no others.
 */
export async function findNewEnds(
  clickhouse: ClickHouse,
  range: Readonly<{ partition: number; first: number; last: number }>,
  metrics: ReadonlyArray<Readonly<{ series: number; key: number }>>,
): Promise<Map<string, NewEnd>> {
  const { low, high } = versionsOf(range.first, range.last);
  const rows = await clickhouse.rows<Row>(
    `with arrayZip({series:Array(UInt32)}, {keys:Array(UInt32)}) as metrics
     select series, key, min(arrived) as end, argMin(step, arrived) as at, argMin(shown, arrived) as reached from (
       select series, key, step, time, writer, any(value) as shown, max(ver) as arrived
       from ${METRIC_POINT}
       where (series, key, step) in (
         select series, key, step from ${METRIC_POINT}
         where lp = {lp:UInt16} and ver between {low:UInt64} and {high:UInt64} and has(metrics, (series, key)))
       group by series, key, step, time, writer, reinterpretAsUInt64(value)
     )
     where arrived between {low:UInt64} and {high:UInt64}
     group by series, key`,
    {
      series: metrics.map((m) => m.series),
      keys: metrics.map((m) => m.key),
      lp: range.partition,
      low,
      high,
    },
    // On a replicated cluster, a replica that lags must not miss an earlier point.
    { select_sequential_consistency: 1 },
  );
  const top = (1n << 64n) - 1n;
  return new Map(
    rows.map((row) => [
      `${row.series}/${row.key}`,
      { origin: BigInt(row.end) ^ top, step: BigInt(row.at), value: float(row.reached) },
    ]),
  );
}
