import type { RemovePoints } from '@runledger/clickhouse';
import { failpoint } from '@runledger/kernel';
import { type ExpiredRuns, goneSeries, moveTables, NO_IDLE_LIMIT, seriesOfRuns } from '@runledger/postgres';
import type { DataSource } from 'typeorm';

export type TakingPoints = Readonly<{
  source: DataSource;
  expired: ExpiredRuns;
  removePoints: RemovePoints;
  /** As of `decideDue`. */
  settled(): Promise<boolean>;
  /** ms after a decision by which no door takes points of the run any more (refuse-expired.ts). */
  doorsMs: number;
}>;

/** Runs of one mutation of the engine. */
const AT_ONCE = 500;

/**
 * Takes the points away that have expired, and says how many runs that were; null: somebody compares or rolls, and it is to be tried again.
 * What came in through a door before it knew of the decision is projected first. Whoever is killed in between begins anew.
 */
export async function takePoints(taking: TakingPoints): Promise<number | null> {
  const { source, expired, removePoints, settled, doorsMs } = taking;
  const runs = await expired.open('points', doorsMs, AT_ONCE);
  if (runs.length === 0) return 0;
  if (!(await settled())) return null;
  return source.transaction(async (tx) => {
    await tx.query(NO_IDLE_LIMIT);
    if (!(await moveTables(tx))) return null;
    failpoint('expiry.before-points');
    await removePoints(await seriesOfRuns(tx, runs));
    failpoint('expiry.points-removed');
    await expired.gone(tx, 'points', runs);
    return runs.length;
  });
}

/** What came back with a backup, or past a door that stood still, goes again. Null: to be tried again. */
export async function takePointsAgain({ source, removePoints }: TakingPoints): Promise<number | null> {
  return source.transaction(async (tx) => {
    await tx.query(NO_IDLE_LIMIT);
    return (await moveTables(tx)) ? removePoints(await goneSeries(tx)) : null;
  });
}
