import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Reach } from '@runledger/contracts';
import { columnsOf, type ViewName, type ViewUse } from '@runledger/sql';
import type { PoolClient } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { DataSource } from 'typeorm';
import { reachedSql } from './reach-sql';

/** Whose rows are asked for: of these projects, or of all, as far as they are reached. */
export type ViewScope = Readonly<{ reach: Reach; projects?: readonly string[] | undefined }>;
/** A file of rows, tab separated as COPY writes them, in the order of `columns`. */
export type CopiedTable = Readonly<{
  name: string;
  file: string;
  columns: ReadonlyArray<readonly [name: string, type: string]>;
}>;

type CopySql = Readonly<{
  columns: Readonly<Record<string, string>>;
  from: string;
  run: string;
  key?: string;
  more: string;
}>;

/** What is asked goes to Postgres as the value of a setting: COPY takes no parameters, and text never becomes SQL. */
const ASKED = `(current_setting('runledger.copy')::jsonb)`;
const among = (column: string, name: string): string =>
  `${column} = any (array(select jsonb_array_elements_text(${ASKED} -> '${name}')))`;
const WORKSPACE = `(${ASKED} ->> 'workspace')`;
const ms = (column: string): string => `(extract(epoch from ${column}) * 1000)::bigint`;
/** The run lies in a project for which the condition holds. */
const ofProjects = (run: string, condition: string): string =>
  `exists (select from read.run o where o.workspace = ${WORKSPACE} and o.run = ${run} and o.to_off is null and ${condition})`;
/** The parameter of a condition is the member `reached` of what is asked. */
const REACHED = `(array(select jsonb_array_elements_text(${ASKED} -> 'reached')))`;

const RUNS: CopySql = {
  columns: {
    run: 'r.run',
    experiment: 'r.experiment',
    experiment_name: 'e.name',
    project: 'r.project',
    name: 'r.name',
    description: 'r.description',
    status: 'r.status',
    lifecycle: 'r.lifecycle',
    started_at: ms('r.started_at'),
    finished_at: ms('r.finished_at'),
    message: 'r.message',
    parent: 'r.parent',
  },
  from: `read.run r left join read.experiment e on e.workspace = r.workspace and e.experiment = r.experiment and e.to_off is null`,
  run: 'r.run',
  more: `r.workspace = ${WORKSPACE} and r.to_off is null`,
};
const keyed = (table: string, columns: readonly string[], current: string): CopySql => ({
  columns: Object.fromEntries(columns.map((column) => [column, `t.${column}`])),
  from: `read.${table} t`,
  run: 't.run',
  key: 't.key',
  more: `t.workspace = ${WORKSPACE} ${current}`,
});
const SERIES: CopySql = {
  columns: { number: 's.number', run: 's.run' },
  from: 'custody.series s',
  run: 's.run',
  more: `s.workspace = ${WORKSPACE}`,
};
const KEYS: CopySql = {
  columns: { number: 'k.number', key: 'k.key' },
  from: 'custody.metric_key k',
  run: '',
  key: 'k.key',
  more: `k.workspace = ${WORKSPACE}`,
};
const SUMMARY_COLUMNS = ['value', 'step', 'time', 'min', 'max', 'last', 'last_step', 'first_step', 'first_time'];
const COPIES: Readonly<Record<Exclude<ViewName, 'points'>, CopySql>> = {
  runs: RUNS,
  params: keyed('run_param', ['run', 'key', 'value', 'number'], ''),
  tags: keyed('run_tag', ['run', 'key', 'value'], 'and t.to_off is null'),
  summaries: {
    columns: { run: 's.run', key: 'k.key', ...Object.fromEntries(SUMMARY_COLUMNS.map((c) => [c, `m.${c}`])) },
    from: 'custody.series s join read.run_metric m on m.series = s.number join custody.metric_key k on k.number = m.key',
    run: 's.run',
    key: 'k.key',
    more: `s.workspace = ${WORKSPACE} and k.workspace = ${WORKSPACE}`,
  },
};
const NUMBERED = { number: 'UInt32', run: 'String', key: 'String' } as const;

function copySql(
  { columns, from, run, key, more }: CopySql,
  names: readonly string[],
  scope: ViewScope,
  use: ViewUse,
): string {
  const bounds = [more];
  if (run !== '' && scope.projects !== undefined) bounds.push(ofProjects(run, among('o.project', 'projects')));
  const isReached = reachedSql('o.project', scope.reach, () => REACHED);
  if (run !== '' && isReached !== 'true') bounds.push(ofProjects(run, isReached));
  if (run !== '' && use.narrow.run !== undefined) bounds.push(among(run, 'run'));
  if (key !== undefined && use.narrow.key !== undefined) bounds.push(among(key, 'key'));
  if (use.narrow.experiment !== undefined) bounds.push(among('r.experiment', 'experiment'));
  return `copy (select ${names.map((name) => columns[name]).join(', ')} from ${from} where ${bounds.join(' and ')}) to stdout`;
}

/** What TypeORM's runner of Postgres does with a connection that broke. */
type Discardable = { releasePostgresConnection(error: unknown): Promise<void> };

/** Most time that copying takes. */
const PATIENCE_MS = 120_000;

async function copyOne(client: PoolClient, sql: string, file: string, signal: AbortSignal): Promise<void> {
  await pipeline(client.query(copyTo(sql)), createWriteStream(file, { mode: 0o600 }), { signal });
}

/** What a statement reads of metadata, as files of rows: of one moment, of one workspace. */
export const createViewCopies = (source: DataSource) => ({
  /** Points are not copied, but the numbers and names of their runs and keys: `<name>_series` and `<name>_keys`. */
  async copy(scope: ViewScope, uses: readonly ViewUse[], folder: string, signal: AbortSignal): Promise<CopiedTable[]> {
    if (uses.length === 0) return [];
    const runner = source.createQueryRunner();
    const client = (await runner.connect()) as PoolClient;
    const tables: CopiedTable[] = [];
    const copy = async (what: CopySql, use: ViewUse, name: string, columns: CopiedTable['columns']): Promise<void> => {
      const { projects: set, workspace } = scope.reach;
      const reached = 'only' in set ? set.only : set.except;
      const asked = JSON.stringify({ workspace, projects: scope.projects, reached, ...use.narrow });
      await client.query(`select set_config('runledger.copy', $1, true)`, [asked]);
      const file = `${folder}/${name}.tsv`;
      await copyOne(
        client,
        copySql(
          what,
          columns.map(([column]) => column),
          scope,
          use,
        ),
        file,
        signal,
      );
      tables.push({ name, file, columns });
    };
    let failure: unknown;
    try {
      await client.query('begin isolation level repeatable read read only');
      await client.query(`set local statement_timeout = ${PATIENCE_MS}`);
      for (const use of uses) {
        if (use.view === 'points') {
          await copy(SERIES, use, `${use.name}_series`, [
            ['number', NUMBERED.number],
            ['run', NUMBERED.run],
          ]);
          await copy(KEYS, use, `${use.name}_keys`, [
            ['number', NUMBERED.number],
            ['key', NUMBERED.key],
          ]);
        } else await copy(COPIES[use.view], use, use.name, typed(use));
      }
      await client.query('commit');
      return tables;
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      // A connection whose COPY was left in the middle is of no use to anybody.
      if (failure === undefined) await runner.release();
      else await (runner as unknown as Discardable).releasePostgresConnection(failure);
    }
  },
});
export type ViewCopies = ReturnType<typeof createViewCopies>;

const typed = ({ view, columns }: ViewUse): CopiedTable['columns'] => {
  const types = columnsOf(view);
  return columns.map((column) => [column, types[column] ?? 'String'] as const);
};
