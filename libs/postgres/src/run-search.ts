import { type Filter, type Order, SqlValues } from '@runledger/filter';
import type { DataSource } from 'typeorm';
import { runEntity } from './read-entities';
import { type RunRecord, recordOf } from './run.repository';
import { loadRunValues, type RunColumns, type RunValues } from './run-columns';
import { type RunFacets, readFacets } from './run-facets';
import { runSearchTable } from './run-search-table';
import { metricNumbers } from './search-metrics';
import { askSearch, countMatches, findPlaces, type SearchPlace } from './search-sql';

/** Which runs are searched. Without experiments or projects: those of the whole workspace. */
export type RunScope = Readonly<{
  workspace: string;
  experiments?: readonly string[] | undefined;
  projects?: readonly string[] | undefined;
  /** Default: active. */
  lifecycle?: 'active' | 'deleted' | 'all' | undefined;
  /** Experiments whose runs all count as deleted. */
  deletedExperiments?: readonly string[] | undefined;
}>;
export type RunSearch = RunScope &
  Readonly<{
    filter: Filter;
    order: readonly Order[];
    /** Place of the last run of the page before, in the same order. */
    after?: SearchPlace | undefined;
    limit: number;
    columns?: RunColumns | undefined;
  }>;
export type FoundRun = RunRecord & RunValues;

function scopeSql(
  { experiments, projects, lifecycle = 'active', deletedExperiments = [] }: RunScope,
  workspace: string,
  values: SqlValues,
): string {
  const bounds = [`r.workspace = ${workspace} and r.to_off is null`];
  if (experiments !== undefined) bounds.push(`r.experiment = any (${values.add(experiments, 'text[]')})`);
  if (projects !== undefined) bounds.push(`r.project = any (${values.add(projects, 'text[]')})`);
  const isAsked = lifecycle === 'all' ? 'true' : `r.lifecycle = ${values.add(lifecycle, 'text')}`;
  if (deletedExperiments.length === 0 || lifecycle === 'all') bounds.push(isAsked);
  else {
    const isAway = `r.experiment = any (${values.add(deletedExperiments, 'text[]')})`;
    bounds.push(lifecycle === 'deleted' ? `(${isAsked} or ${isAway})` : `${isAsked} and ${isAway} is not true`);
  }
  return bounds.join(' and ');
}

/** Finds runs by anything that is known of them, in any order, page by page. Shows what holds now. */
export function createRunSearch(source: DataSource) {
  async function prepare(asked: RunScope & Readonly<{ filter: Filter; order: readonly Order[] }>) {
    const values = new SqlValues();
    const workspace = values.add(asked.workspace, 'text');
    const numbers = await metricNumbers(source, asked.workspace, asked);
    const table = runSearchTable(workspace, numbers);
    return { workspace, table, values, scope: scopeSql(asked, workspace, values) };
  }

  async function load(workspace: string, runs: readonly string[], columns: RunColumns): Promise<FoundRun[]> {
    const [rows, values] = await Promise.all([
      source
        .getRepository(runEntity)
        .createQueryBuilder('r')
        .where('r.workspace = :workspace and r.endOffset is null and r.run = any (:runs)', { workspace, runs })
        .getMany(),
      loadRunValues(source, workspace, runs, columns),
    ]);
    const recordByRun = new Map(rows.map((row) => [row.run, recordOf(row)]));
    return runs.flatMap((run) => {
      const record = recordByRun.get(run);
      const loaded = values.get(run);
      return record === undefined || loaded === undefined ? [] : [{ ...record, ...loaded }];
    });
  }

  return {
    /**
     * A page of runs. Without an order the newest start comes first, then the run's id decides. `next` is the place to go on
     * after, or null on the last page.
     */
    async find(search: RunSearch): Promise<{ runs: FoundRun[]; next: SearchPlace | null }> {
      const { filter, order, after, limit, columns = {} } = search;
      const { table, values, scope } = await prepare(search);
      const { places, hasMore } = await findPlaces(source, { table, values, scope, filter, order, after, limit });
      const runs = await load(
        search.workspace,
        places.map((place) => place.at(-1) ?? ''),
        columns,
      );
      return { runs, next: hasMore ? (places.at(-1) ?? null) : null };
    },

    async count(search: RunScope & Readonly<{ filter: Filter }>): Promise<number> {
      const { filter } = search;
      const { table, values, scope } = await prepare({ ...search, order: [] });
      return countMatches(source, { table, values, scope, filter });
    },

    /** What the matching runs have and how it varies; of more than 10,000, the newest. */
    facets({ filter, ...within }: RunScope & Readonly<{ filter: Filter }>): Promise<RunFacets> {
      return readFacets(async (sqlOf) => {
        const { workspace, ...question } = await prepare({ ...within, filter, order: [] });
        const sql = sqlOf({ ...question, filter }, workspace);
        return askSearch(source, sql, question.values);
      });
    },

    /** What these runs hold, in the order given; runs that are not there are left out. */
    load: (workspace: string, runs: readonly string[], columns: RunColumns): Promise<FoundRun[]> =>
      load(workspace, runs, columns),
  };
}
export type RunSearches = ReturnType<typeof createRunSearch>;
