import type { ClickHouse } from './engine';
import { METRIC_POINT, seenSql } from './metric-point';
import { float } from './series-reads';

type Pair = Readonly<{ series: number; key: number }>;
/** A metric of a run as it stood once, summed up from its points. `origin` is offset * 2^20 + ordinal. */
export type PastSummary = Pair &
  Readonly<{
    step: bigint;
    time: bigint;
    value: number;
    firstStep: bigint;
    firstTime: bigint;
    /** Of all values but NaN; null without any. */
    min: number | null;
    max: number | null;
    hasNan: boolean;
    last: Readonly<{ origin: bigint; step: bigint; value: number }>;
    points: number;
  }>;

type Row = Readonly<{
  series: number;
  key: number;
  latest: [step: string, time: string, value: number | string];
  first: [step: string, time: string];
  end: [ver: string, step: string, value: number | string];
  low: number | string;
  high: number | string;
  points: string;
  nans: string;
}>;

const TOP = (1n << 64n) - 1n;

function summaryOf(row: Row): PastSummary {
  const points = Number(row.points);
  const nans = Number(row.nans);
  const [step, time, value] = row.latest;
  const [ver, lastStep, last] = row.end;
  return {
    series: row.series,
    key: row.key,
    step: BigInt(step),
    time: BigInt(time),
    value: float(value),
    firstStep: BigInt(row.first[0]),
    firstTime: BigInt(row.first[1]),
    min: points === nans ? null : float(row.low),
    max: points === nans ? null : float(row.high),
    hasNan: nans > 0,
    last: { origin: TOP - BigInt(ver), step: BigInt(lastStep), value: float(last) },
    points,
  };
}

const nameOf = ({ series, key }: Pair): string => `${series}/${key}`;

/**
 * Sums metrics up as they stood when, of each partition of the metrics' topic, the records before an offset had been
 * projected. FINAL keeps the first arrival of a point that came twice. Metrics without a point by then are left out.
 */
export const createPastSummaries = (clickhouse: ClickHouse) =>
  async function pastSummaries(pairs: readonly Pair[], cuts: readonly number[]): Promise<PastSummary[]> {
    if (pairs.length === 0) return [];
    const asked = new Set(pairs.map(nameOf));
    const rows = await clickhouse.rows<Row>(
      `select series, key,
         argMax((step, time, value), (step, time, not isNaN(value), if(isNaN(value), 0, value), ver)) as latest,
         min((step, time)) as first, argMin((ver, step, value), ver) as end,
         minIf(value, not isNaN(value)) as low, maxIf(value, not isNaN(value)) as high, count() as points, countIf(isNaN(value)) as nans
       from ${METRIC_POINT} final
       where series in {series:Array(UInt32)} and key in {keys:Array(UInt32)} and ${seenSql('{cuts:Array(UInt64)}')}
       group by series, key`,
      {
        series: [...new Set(pairs.map(({ series }) => series))],
        keys: [...new Set(pairs.map(({ key }) => key))],
        cuts,
      },
    );
    return rows.map(summaryOf).filter((summary) => asked.has(nameOf(summary)));
  };
