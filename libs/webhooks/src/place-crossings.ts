import { type ObjectiveScope, THRESHOLD_EVENT, toJsonDouble } from '@runledger/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import { crossingName } from './crossings';
import { draftsOf, type FeedDraft } from './entries';
import { appendToFeed } from './feed';

/** A crossing that has no place in the feed yet. */
export type FoundCrossing = Readonly<{ workspace: string; webhook: string; watch: number; run: string }>;

/** Where a run lies; nulls: nobody has announced it. */
export type PlacedRun = Readonly<{ project: string | null; experiment: string | null }>;

/** In the order of the log, as far as one partition says it. */
export async function readFound(source: DataSource, most: number): Promise<FoundCrossing[]> {
  const rows: Array<Omit<FoundCrossing, 'watch'> & { watch: string }> = await source.query(
    `select workspace, webhook, watch, run from custody.webhook_crossing
     where state = 'found' and next_at <= now() order by recorded_at, partition, off, ord limit $1`,
    [most],
  );
  return rows.map(({ watch, ...row }) => ({ ...row, watch: Number(watch) }));
}

const THIS = 'workspace = $1 and webhook = $2 and watch = $3 and run = $4';
const nameOf = ({ workspace, webhook, watch, run }: FoundCrossing): unknown[] => [workspace, webhook, watch, run];

/** Nobody knows yet in which project the run lies: again after as long as it has been so, ten minutes at most. */
export async function putOffCrossing(source: DataSource, found: FoundCrossing): Promise<void> {
  await source.query(
    `update custody.webhook_crossing
     set next_at = now() + greatest(interval '1 second', least(now() - recorded_at, interval '10 minutes'))
     where ${THIS} and state = 'found'`,
    nameOf(found),
  );
}

type Row = Readonly<{
  recorded_at: Date;
  metric: string;
  step: string;
  time: string;
  value: number;
  condition: string;
  scope_kind: ObjectiveScope['kind'] | null;
  scope_id: string | null;
}>;

const safe = (integer: string): number | string => (Number.isSafeInteger(Number(integer)) ? Number(integer) : integer);

function draftOf(found: FoundCrossing, row: Row, { project, experiment }: PlacedRun): FeedDraft[] {
  const { workspace, webhook, run } = found;
  const { condition, metric, value, step, time } = row;
  const data = {
    run_id: run,
    experiment_id: experiment,
    project,
    condition,
    metric,
    value: toJsonDouble(value),
    step: safe(step),
    time: safe(time),
  };
  const told = [{ event: THRESHOLD_EVENT, data }] as const;
  const drafts = draftsOf(told, workspace, row.recorded_at.getTime(), `threshold/${crossingName(found, run)}`);
  return drafts.map((draft) => ({ ...draft, webhook, project, experiment }));
}

/** False: whether it is meant cannot be said yet. */
async function placeOne(tx: EntityManager, found: FoundCrossing, lies: PlacedRun): Promise<boolean> {
  const rows: Row[] = await tx.query(
    `select c.recorded_at, c.metric, c.step, c.time, c.value, e.condition, e.scope_kind, e.scope_id
     from custody.webhook_crossing c
     join custody.webhook_endpoint e on e.workspace = c.workspace and e.webhook = c.webhook and e.watch = c.watch
     where c.workspace = $1 and c.webhook = $2 and c.watch = $3 and c.run = $4 and c.state = 'found' and e.condition is not null`,
    nameOf(found),
  );
  const row = rows[0];
  if (row === undefined) {
    // Somebody was first, or the webhook looks for something else by now: then nobody waits for it.
    await tx.query(`delete from custody.webhook_crossing where ${THIS} and state = 'found'`, nameOf(found));
    return true;
  }
  if (row.scope_kind !== null && lies[row.scope_kind] === null) return false;
  const isMeant = row.scope_kind === null || lies[row.scope_kind] === row.scope_id;
  if (isMeant) await appendToFeed(tx, found.workspace, draftOf(found, row, lies));
  await tx.query(`update custody.webhook_crossing set state = $5 where ${THIS}`, [
    ...nameOf(found),
    isMeant ? 'told' : 'elsewhere',
  ]);
  return true;
}

/** Gives crossings of one workspace their places in its feed, each once, in this order. Answers those that have none yet, since where their runs lie is not known. */
export async function placeCrossings(
  source: DataSource,
  workspace: string,
  found: ReadonlyArray<readonly [FoundCrossing, PlacedRun]>,
): Promise<FoundCrossing[]> {
  return source.transaction(async (tx) => {
    // The head first, as everybody does who writes the feed: nobody else changes these rows meanwhile.
    await appendToFeed(tx, workspace, []);
    const left: FoundCrossing[] = [];
    for (const [crossing, lies] of found) if (!(await placeOne(tx, crossing, lies))) left.push(crossing);
    return left;
  });
}
