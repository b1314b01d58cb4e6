import { Bindings } from './bindings';
import { type AxisRange, type CurveAxis, type CurvePair, inPairs, pointsOnAxis } from './curve-axis';
import type { ClickHouse } from './engine';
import { METRIC_POINT } from './metric-point';
import { float } from './series-reads';

/** Where curves lie on an axis, and how many points they have. */
export type CurveExtents = Readonly<{ range: AxisRange | null; points: number }>;

export function createExtentReads(clickhouse: ClickHouse) {
  return {
    /** From the least to the greatest place of any point on the axis; null without any. Reads all points. */
    async extents(pairs: readonly CurvePair[], axis: CurveAxis): Promise<CurveExtents> {
      const to = new Bindings();
      const [row] = await clickhouse.rows<{ n: string; low: string | number; high: string | number }>(
        `select count() as n, min(x) as low, max(x) as high from (${pointsOnAxis(to, pairs, { axis })})`,
        to.params,
      );
      if (row === undefined || row.n === '0') return { range: null, points: 0 };
      const range =
        axis.kind === 'metric'
          ? { from: float(row.low), to: float(row.high) }
          : { from: BigInt(row.low), to: BigInt(row.high) };
      return { range, points: Number(row.n) };
    },

    /** Stored rows between two steps, both inclusive. */
    async countSteps(pairs: readonly CurvePair[], range: Readonly<{ from: bigint; to: bigint }>): Promise<number> {
      const to = new Bindings();
      const [row] = await clickhouse.rows<{ n: string }>(
        `select count() as n from ${METRIC_POINT} where ${inPairs(to, pairs)}
         and step between ${to.bind(range.from, 'Int64')} and ${to.bind(range.to, 'Int64')}`,
        to.params,
      );
      return Number(row?.n ?? 0);
    },
  };
}
