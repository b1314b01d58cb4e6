import { Bindings } from './bindings';
import type { ClickHouse } from './engine';
import { METRIC_POINT, seenSql } from './metric-point';

/** What a writer had logged of a run: least and greatest step and time of its points, and how many rows they are. */
export type PastSpan = Readonly<{
  series: number;
  writer: number;
  firstStep: bigint;
  lastStep: bigint;
  firstTime: bigint;
  lastTime: bigint;
  points: number;
}>;

type Row = Readonly<{ series: number; writer: number } & Record<'low' | 'high' | 'begun' | 'ended' | 'points', string>>;

/** How far the writers of the runs had come before cuts of the partitions, by their first points. A repeat moves no end. */
export const createWriterSpans =
  (clickhouse: ClickHouse) =>
  async (series: readonly number[], cuts: readonly number[]): Promise<PastSpan[]> => {
    if (series.length === 0) return [];
    const to = new Bindings();
    const rows = await clickhouse.rows<Row>(
      `select series, writer, min(step) as low, max(step) as high, min(time) as begun, max(time) as ended, count() as points
       from ${METRIC_POINT} where series in ${to.bind([...series], 'Array(UInt32)')}
         and ${seenSql(to.bind(cuts, 'Array(UInt64)'))}
       group by series, writer order by series, begun, low, writer`,
      to.params,
    );
    return rows.map(({ series: of, writer, low, high, begun, ended, points }) => ({
      series: of,
      writer,
      firstStep: BigInt(low),
      lastStep: BigInt(high),
      firstTime: BigInt(begun),
      lastTime: BigInt(ended),
      points: Number(points),
    }));
  };
