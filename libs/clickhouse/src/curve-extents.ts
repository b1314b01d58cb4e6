import { Bindings } from './bindings';
import { type AxisRange, type OnAxis, pointsOnAxis } from './curve-axis';
import type { CurvePair } from './curve-lines';
import type { ClickHouse } from './engine';
import { float } from './series-reads';

/** Where curves lie on an axis, and how many points they have. */
export type CurveExtents = Readonly<{ range: AxisRange | null; points: number }>;

export function createExtentReads(clickhouse: ClickHouse) {
  return {
    /** From the least to the greatest place of any point on the axis; null without any. Reads all points. */
    async extents(pairs: readonly CurvePair[], where: Omit<OnAxis, 'range'>): Promise<CurveExtents> {
      const to = new Bindings();
      const [row] = await clickhouse.rows<{ n: string; low: string | number; high: string | number }>(
        `select count() as n, min(x) as low, max(x) as high from (${pointsOnAxis(to, pairs, where)})`,
        to.params,
      );
      if (row === undefined || row.n === '0') return { range: null, points: 0 };
      const range =
        where.axis.kind === 'metric'
          ? { from: float(row.low), to: float(row.high) }
          : { from: BigInt(row.low), to: BigInt(row.high) };
      return { range, points: Number(row.n) };
    },

    /** Points between two steps, both inclusive. */
    async countSteps(
      pairs: readonly CurvePair[],
      where: Pick<OnAxis, 'cuts'> & Readonly<{ range: Readonly<{ from: bigint; to: bigint }> }>,
    ): Promise<number> {
      if (pairs.length === 0) return 0;
      const to = new Bindings();
      const [row] = await clickhouse.rows<{ n: string }>(
        `select count() as n from (${pointsOnAxis(to, pairs, { axis: { kind: 'step' }, ...where })})`,
        to.params,
      );
      return Number(row?.n ?? 0);
    },
  };
}
