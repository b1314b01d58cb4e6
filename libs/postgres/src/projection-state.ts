import type { DataSource, EntityManager } from 'typeorm';
import type { Projection } from './projection-tables';

type Asking = Pick<DataSource | EntityManager, 'query'>;

export type ProjectionState = Readonly<{
  name: Projection;
  /** Of the code that filled the live rows. */
  version: number;
  /** Of the code by which a rebuild is being filled; null: none is under way. */
  fillingVersion: number | null;
  /** A rebuild was about to put its points in place: where it stood is not known. */
  swapping: boolean;
  stage: string | null;
  records: number;
  ofRecords: number;
  demand: number;
  met: number;
  demandedBy: string | null;
  failed: string | null;
  rebuilt: number;
  rebuiltAt: Date | null;
}>;

type Row = Record<'records' | 'of_records' | 'demand' | 'met' | 'rebuilt', string> &
  Readonly<{
    name: Projection;
    version: number;
    filling_version: number | null;
    swapping: boolean;
    stage: string | null;
    demanded_by: string | null;
    failed: string | null;
    rebuilt_at: Date | null;
  }>;

const stateOf = (row: Row): ProjectionState => ({
  name: row.name,
  version: row.version,
  fillingVersion: row.filling_version,
  swapping: row.swapping,
  stage: row.stage,
  records: Number(row.records),
  ofRecords: Number(row.of_records),
  demand: Number(row.demand),
  met: Number(row.met),
  demandedBy: row.demanded_by,
  failed: row.failed,
  rebuilt: Number(row.rebuilt),
  rebuiltAt: row.rebuilt_at,
});

/** What a deployment that projected before versions were kept was filled by. */
const FIRST_VERSION = 1;

/** Knows a projection from now on. One that has projected nothing yet is filled by this release's version. */
export async function registerProjection(source: Asking, name: Projection, version: number): Promise<void> {
  await source.query(
    `insert into custody.projection (name, version)
     select $1::text, case when exists (select from custody.lease where group_name = $1 and next_offset > 0)
       then least($2::int, ${FIRST_VERSION}) else $2 end
     on conflict do nothing`,
    [name, version],
  );
}

export async function projectionStates(source: Asking): Promise<ProjectionState[]> {
  const rows: Row[] = await source.query('select * from custody.projection order by name');
  return rows.map(stateOf);
}

export async function projectionState(source: Asking, name: Projection): Promise<ProjectionState | null> {
  return (await projectionStates(source)).find((state) => state.name === name) ?? null;
}

/** Somebody wants it filled anew. Answers the number of the demand: a rebuild that has met it began afterwards. */
export async function demandRebuild(source: Asking, name: Projection, actor: string): Promise<number> {
  const rows: Array<{ demand: string }> = await source.query(
    `with demanded as (
       update custody.projection set demand = demand + 1, demanded_by = $2, failed = null where name = $1 returning demand)
     select demand from demanded`,
    [name, actor],
  );
  return Number(rows[0]?.demand ?? 0);
}

export const beginRebuild = (source: Asking, name: Projection, version: number): Promise<unknown> =>
  source.query(
    `update custody.projection set filling_version = $2, swapping = false, records = 0, of_records = 0 where name = $1`,
    [name, version],
  );

export type RebuildStage = Readonly<{ stage: string; records: number; ofRecords: number }>;
export const tellRebuild = (source: Asking, name: Projection, { stage, records, ofRecords }: RebuildStage) =>
  source.query('update custody.projection set stage = $2, records = $3, of_records = $4 where name = $1', [
    name,
    stage,
    records,
    ofRecords,
  ]);

/** From here on a rebuild that is found unfinished begins anew. */
export const markSwapping = (source: Asking, name: Projection): Promise<unknown> =>
  source.query('update custody.projection set swapping = true where name = $1', [name]);

/** In the transaction that swaps the tables. `met`: the demand that had been made when the rebuild began. */
export const endRebuild = (tx: Asking, name: Projection, of: Readonly<{ version: number; met: number }>) =>
  tx.query(
    `update custody.projection set version = $2, met = $3, filling_version = null, swapping = false, stage = null,
       failed = null, rebuilt = rebuilt + 1, rebuilt_at = now(), forgotten = forgotten + 1 where name = $1`,
    [name, of.version, of.met],
  );

/** A demand has had its answer then, too: it is made again by whoever has mended what was wrong. */
export const failRebuild = (source: Asking, name: Projection, of: Readonly<{ demand: number; why: string }>) =>
  source.query('update custody.projection set failed = $2, met = greatest(met, $3), stage = null where name = $1', [
    name,
    of.why,
    of.demand,
  ]);

/** What was rolled of some series holds no more: whoever rolls forgets what he knew. */
export const forgetRolled = (source: Asking): Promise<unknown> =>
  source.query(`update custody.projection set forgotten = forgotten + 1 where name = 'series'`);
/** Differs from what it was once rollups were dropped. */
export async function rolledGeneration(source: Asking): Promise<number> {
  const rows: Array<{ forgotten: string }> = await source.query(
    `select forgotten from custody.projection where name = 'series'`,
  );
  return Number(rows[0]?.forgotten ?? 0);
}

export async function keepCheckResult(source: Asking, name: string, result: unknown): Promise<void> {
  await source.query(
    `insert into custody.check_result (name, result, finished_at) values ($1, $2, now())
     on conflict (name) do update set result = excluded.result, finished_at = excluded.finished_at`,
    [name, JSON.stringify(result)],
  );
}

export async function checkResultOf(
  source: Asking,
  name: string,
): Promise<Readonly<{ result: unknown; finishedAt: Date }> | null> {
  const rows: Array<{ result: unknown; finished_at: Date }> = await source.query(
    'select result, finished_at from custody.check_result where name = $1',
    [name],
  );
  return rows[0] === undefined ? null : { result: rows[0].result, finishedAt: rows[0].finished_at };
}
