import type { LoggedModelFileRow, LoggedModelRow, Reach } from '@runledger/contracts';
import type { DataSource } from 'typeorm';
import { type AsOf, cutOfRun } from './as-of';
import { type CatalogRecord, readCatalog } from './catalog-reads';
import { CATALOG_TABLES } from './catalog-tables';
import { reachedAmong } from './reach-sql';
import type { ArtifactPage } from './run-part.repository';

export type LoggedModelRecord = CatalogRecord<LoggedModelRow>;
/** `id` is the logged model's, `name` the path. */
type LoggedModelFileRecord = CatalogRecord<LoggedModelFileRow>;
/** int64 in digits. */
export type RunOutputRecord = Readonly<{ run: string; loggedModel: string; step: string }>;
type RunModelInputRecord = Readonly<{ run: string; loggedModel: string }>;
export type RunModelRecords = Readonly<{ read: readonly RunModelInputRecord[]; made: readonly RunOutputRecord[] }>;
export type ModelMetricRecord = Readonly<{
  loggedModel: string;
  run: string;
  key: string;
  value: number;
  /** int64 in digits. */
  step: string;
  time: string;
  datasetName: string | null;
  datasetDigest: string | null;
}>;
export type LoggedModelQuery = Readonly<{
  experiment?: string | undefined;
  run?: string | undefined;
  /** `createdSeq` of the last one of the page before. */
  after?: number | undefined;
  limit: number;
  asOf?: AsOf | undefined;
}>;

const { loggedModel: TABLE, loggedModelFile: FILES } = CATALOG_TABLES;
const MOST_OUTPUTS = 100_000;
const MOST_METRICS = 100_000;

/** Whether what a run said was there as of a moment. */
const isRecorded =
  (workspace: string, asOf: AsOf | undefined) =>
  ({ run, from_off }: Readonly<{ run: string; from_off: string }>): boolean =>
    Number(from_off) < (cutOfRun(asOf, workspace, run) ?? Number.POSITIVE_INFINITY);

/** Models that are logged in experiments, and what runs say about them. */
export const createLoggedModelReads = (source: DataSource) => ({
  /** Those of the logged models whose experiments are reached. */
  async reachedLoggedModels(reach: Reach, models: readonly string[], asOf?: AsOf): Promise<Set<string>> {
    if (models.length === 0) return new Set();
    const params: unknown[] = [reach.workspace, models, asOf?.catalog ?? Number.MAX_SAFE_INTEGER];
    const rows: Array<{ logged_model: string }> = await source.query(
      `select distinct t.logged_model from read.logged_model t
       join read.experiment e on e.workspace = t.workspace and e.experiment = t.experiment and e.to_off is null
       where t.workspace = $1 and t.logged_model = any ($2::text[]) and t.from_off < $3
         and ${reachedAmong('e.project', reach, params)}`,
      params,
    );
    return new Set(rows.map((row) => row.logged_model));
  },

  /** Deleted ones as well. */
  async getLoggedModel(workspace: string, loggedModel: string, asOf?: AsOf): Promise<LoggedModelRecord | null> {
    const where = 't.logged_model = $2';
    const rows = await readCatalog(source, TABLE, workspace, {
      where,
      params: [loggedModel],
      order: 't.created_seq',
      limit: 1,
      asOf,
    });
    return rows[0] ?? null;
  },

  /** Those that are not deleted, newest first. */
  listLoggedModels: (
    workspace: string,
    { experiment, run, after, limit, asOf }: LoggedModelQuery,
  ): Promise<LoggedModelRecord[]> =>
    readCatalog(source, TABLE, workspace, {
      where: `t.lifecycle = 'active' and ($2::text is null or t.experiment = $2) and ($3::text is null or t.run = $3)
        and ($4::int8 is null or t.created_seq < $4)`,
      params: [experiment ?? null, run ?? null, after ?? null],
      order: 't.created_seq desc',
      limit,
      asOf,
    }),

  async findLoggedModelFile(
    workspace: string,
    loggedModel: string,
    path: string,
  ): Promise<LoggedModelFileRecord | null> {
    const where = 't.logged_model = $2 and md5(t.path) = md5($3) and t.path = $3';
    const params = [loggedModel, path];
    const rows = await readCatalog(source, FILES, workspace, { where, params, order: 't.path', limit: 1 });
    return rows[0] ?? null;
  },

  /** By path; `after` is the last one of the page before. */
  listLoggedModelFiles: (
    workspace: string,
    loggedModel: string,
    { after, limit, prefix }: ArtifactPage,
  ): Promise<LoggedModelFileRecord[]> =>
    readCatalog(source, FILES, workspace, {
      where: 't.logged_model = $2 and t.path > $3 and starts_with(t.path, $4)',
      params: [loggedModel, after ?? '', prefix ?? ''],
      order: 't.path',
      limit,
    }),

  /** Of these runs, each in the order of the log. */
  async listRunOutputs(workspace: string, runs: readonly string[], asOf?: AsOf): Promise<RunOutputRecord[]> {
    const rows: Array<{ run: string; logged_model: string; step: string; from_off: string }> = await source.query(
      `select run, logged_model, step, from_off from read.run_output where workspace = $1 and run = any($2::text[])
       order by run, from_off, from_ord, logged_model, step limit ${MOST_OUTPUTS}`,
      [workspace, runs],
    );
    return rows
      .filter(isRecorded(workspace, asOf))
      .map(({ run, logged_model, step }) => ({ run, loggedModel: logged_model, step }));
  },

  /** What these runs read and made of logged models, each in the order of the log. One statement: mostly there is nothing. */
  async listRunModels(workspace: string, runs: readonly string[]): Promise<RunModelRecords> {
    const places = 'run, logged_model, from_off, from_ord';
    const rows: Array<{ run: string; logged_model: string; step: string | null }> = await source.query(
      `select run, logged_model, step from (
         (select ${places}, null::bigint as step from read.run_model_input where workspace = $1 and run = any($2::text[]) limit ${MOST_OUTPUTS})
         union all
         (select ${places}, step from read.run_output where workspace = $1 and run = any($2::text[]) limit ${MOST_OUTPUTS})) m
       order by run, from_off, from_ord, logged_model, step`,
      [workspace, runs],
    );
    const records = rows.map(({ run, logged_model, step }) => ({ run, loggedModel: logged_model, step }));
    return {
      read: records.filter(({ step }) => step === null),
      made: records.flatMap(({ step, ...one }) => (step === null ? [] : [{ ...one, step }])),
    };
  },

  /** Of these models, each by step and time. */
  async listModelMetrics(
    workspace: string,
    loggedModels: readonly string[],
    asOf?: AsOf,
  ): Promise<ModelMetricRecord[]> {
    type Row = Omit<ModelMetricRecord, 'loggedModel' | 'datasetName' | 'datasetDigest'> &
      Readonly<{ logged_model: string; dataset_name: string | null; dataset_digest: string | null; from_off: string }>;
    const rows: Row[] = await source.query(
      `select logged_model, run, key, value, step, time, dataset_name, dataset_digest, from_off from read.model_metric
       where workspace = $1 and logged_model = any($2::text[])
       order by logged_model, key, step, time, value, run limit ${MOST_METRICS}`,
      [workspace, loggedModels],
    );
    const recorded = rows.filter(isRecorded(workspace, asOf));
    return recorded.map(({ logged_model, dataset_name, dataset_digest, from_off: _, ...row }) => ({
      ...row,
      loggedModel: logged_model,
      datasetName: dataset_name,
      datasetDigest: dataset_digest,
    }));
  },
});
