import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '@runledger/kernel';
import type { ClickHouse } from './engine';
import { METRIC_POINT } from './metric-point';
import { METRIC_ROLLUP } from './rollup';

/** Series of one mutation: each rewrites the parts that it touches. */
const AT_ONCE = 1_000;
const POLL_MS = 50;
const LONGEST_MS = 30 * 60_000;

export type RemovePoints = (series: readonly number[]) => Promise<number>;

/**
 * Takes away all points of series from tables, and resolves once no reader finds any: with how many series there was something to take.
 * Nothing waits for the mutation but this, and done again it does nothing. @throws Fault unavailable CLICKHOUSE_SLOW_REMOVAL
 */
export function createRemovePoints(clickhouse: ClickHouse, tables: readonly string[]): RemovePoints {
  async function left(table: string, series: readonly number[]): Promise<number[]> {
    const rows = await clickhouse.rows<{ series: number }>(
      `select distinct series from ${table} where series in {series:Array(UInt32)}`,
      { series },
      { select_sequential_consistency: 1 },
    );
    return rows.map((row) => row.series);
  }

  async function removeFrom(table: string, some: readonly number[]): Promise<number[]> {
    const found = await left(table, some);
    if (found.length === 0) return [];
    await clickhouse.command(`alter table ${table} delete where series in {series:Array(UInt32)}`, { series: found });
    const until = performance.now() + LONGEST_MS;
    while ((await left(table, found)).length > 0) {
      if (performance.now() > until)
        throw new Fault(
          'unavailable',
          'CLICKHOUSE_SLOW_REMOVAL',
          'points are still being taken away; it is tried again',
        );
      await sleep(POLL_MS);
    }
    return found;
  }

  return async (series) => {
    const removed = new Set<number>();
    for (let from = 0; from < series.length; from += AT_ONCE)
      for (const table of tables)
        for (const one of await removeFrom(table, series.slice(from, from + AT_ONCE))) removed.add(one);
    return removed.size;
  };
}

/** Of what people read: points, and what was rolled of them. */
export const createPointRemoval = (clickhouse: ClickHouse): RemovePoints =>
  createRemovePoints(clickhouse, [METRIC_POINT, METRIC_ROLLUP]);
