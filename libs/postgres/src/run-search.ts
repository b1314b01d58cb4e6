import type { Reach } from '@runledger/contracts';
import { type Filter, type Order, SqlValues } from '@runledger/filter';
import { Fault } from '@runledger/kernel';
import type { DataSource } from 'typeorm';
import { type AsOf, heldSql } from './as-of';
import { createKnownMetrics } from './known-metrics';
import { reachedSql } from './reach-sql';
import type { RunRecord } from './run.repository';
import { loadRunValues, type RunColumns, type RunValues } from './run-columns';
import { foundSql, type RunFacets, readFacets } from './run-facets';
import { cutsOf, momentOf, type PastSummary, type RunMoment, type SumUpPast, stalePairs } from './run-moment';
import { loadRunRecords } from './run-records';
import { runSearchTable } from './run-search-table';
import { hasAny, isAttributeNamed, metricsNamed } from './search-metrics';
import { askSearch, countMatches, estimateSets, findPlaces, type SearchPlace } from './search-sql';

/** Which runs are searched. Without experiments or projects: all that are reached. */
export type RunScope = Readonly<{
  reach: Reach;
  experiments?: readonly string[] | undefined;
  projects?: readonly string[] | undefined;
  /** Default: active. */
  lifecycle?: 'active' | 'deleted' | 'all' | undefined;
  /** Experiments whose runs all count as deleted. */
  deletedExperiments?: readonly string[] | undefined;
  /** What held then; now when absent. */
  asOf?: AsOf | undefined;
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
  { reach, experiments, projects, lifecycle = 'active', deletedExperiments = [] }: RunScope,
  workspace: string,
  values: SqlValues,
  cut: string | null,
): string {
  const bounds = [`r.workspace = ${workspace} and ${heldSql('r', cut)}`];
  bounds.push(reachedSql('r.project', reach, (names) => values.add(names, 'text[]')));
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

/**
 * Up to so many, what terms joined by OR find is looked for first. Of more, some soon stand in a page's order, where the runs are gone
 * through; of few, it would be gone through to its end.
 */
const FEW = 2_000;

/** As of a moment, summaries of metrics that have moved since are summed up from their points. */
const nothingPast: SumUpPast = () => {
  throw new Fault('bug', 'POSTGRES_NO_PAST', 'this search was not given anything to look into the past with');
};

/** Finds runs by anything that is known of them, in any order, page by page. */
export function createRunSearch(source: DataSource, sumUp: SumUpPast = nothingPast, { few = FEW } = {}) {
  const known = createKnownMetrics(source);

  type Asked = RunScope & Readonly<{ filter: Filter; order: readonly Order[] }>;

  async function prepare(asked: Asked) {
    if (asked.asOf !== undefined || !hasAny(asked.filter)) return compose(asked, false);
    const united = await compose(asked, true);
    const found = await estimateSets(source, { ...united, filter: asked.filter });
    // What was compiled once has its values already.
    return compose(asked, found !== null && found <= few);
  }

  async function compose(asked: Asked, unites: boolean) {
    const values = new SqlValues();
    const of = asked.reach.workspace;
    const workspace = values.add(of, 'text');
    const numbers = await known.numbersOf(of, metricsNamed(asked));
    const moment = asked.asOf === undefined ? null : await lookBack(of, asked.asOf, { numbers, values });
    const byFingerprint = isAttributeNamed(asked, 'fingerprint');
    const table = runSearchTable(workspace, { numbers, moment, byFingerprint, unites });
    const scope = scopeSql(asked, workspace, values, moment?.facts('r') ?? null);
    return { workspace, table, values, scope, moment };
  }

  /** What the statement of a search needs as of a moment. */
  async function lookBack(
    workspace: string,
    asOf: AsOf,
    { numbers, values }: { numbers: ReadonlyMap<string, number>; values: SqlValues },
  ): Promise<RunMoment> {
    const own = new SqlValues();
    const cuts = cutsOf(asOf, own);
    const there = `r.workspace = ${own.add(workspace, 'text')} and ${heldSql('r', cuts.facts('r'))}`;
    const found = `(select r.lp, s.number from read.run r
      join custody.series s on s.workspace = r.workspace and s.run = r.run where ${there}) r`;
    const keys = [...numbers.values()];
    const asked = { found, number: 'r.number', keys, origin: cuts.origin('r'), values: own };
    const pairs = keys.length === 0 ? [] : await stalePairs(source, asked);
    return momentOf(cutsOf(asOf, values), await sumUp(pairs, asOf.metrics), values);
  }

  /** As of a moment: all metrics of the runs that facets look at, as far as they have moved since. */
  async function pastOfFound(within: RunScope, filter: Filter): Promise<PastSummary[]> {
    if (within.asOf === undefined) return [];
    const question = await prepare({ ...within, filter, order: [] });
    const found = `(with ${foundSql({ ...question, filter })} select lp, number from found) r`;
    const origin = question.moment?.origin('r') ?? '0';
    const { values } = question;
    return sumUp(
      await stalePairs(source, { found, number: 'r.number', keys: null, origin, values }),
      within.asOf.metrics,
    );
  }

  async function load(reach: Reach, runs: readonly string[], columns: RunColumns, asOf?: AsOf): Promise<FoundRun[]> {
    const [values, records] = await Promise.all([
      loadRunValues({ source, known, sumUp, workspace: reach.workspace, runs, asOf }, columns),
      loadRunRecords(source, reach, { runs, asOf }),
    ]);
    return runs.flatMap((run) => {
      const record = records.get(run);
      const loaded = values.get(run);
      return record === undefined || loaded === undefined ? [] : [{ ...record, ...loaded }];
    });
  }

  /** Which runs a page has. */
  async function names(search: RunSearch): Promise<{ runs: string[]; next: SearchPlace | null }> {
    const { filter, order, after, limit } = search;
    const { table, values, scope } = await prepare(search);
    const { places, hasMore } = await findPlaces(source, { table, values, scope, filter, order, after, limit });
    return { runs: places.map((place) => place.at(-1) ?? ''), next: hasMore ? (places.at(-1) ?? null) : null };
  }

  return {
    /**
     * A page of runs. Without an order the newest start comes first, then the run's id decides. `next` is the place to go on
     * after, or null on the last page.
     */
    async find(search: RunSearch): Promise<{ runs: FoundRun[]; next: SearchPlace | null }> {
      const { runs, next } = await names(search);
      return { runs: await load(search.reach, runs, search.columns ?? {}, search.asOf), next };
    },

    /** The same without what the runs hold. */
    names,

    async count(search: RunScope & Readonly<{ filter: Filter }>): Promise<number> {
      const { filter } = search;
      const { table, values, scope } = await prepare({ ...search, order: [] });
      return countMatches(source, { table, values, scope, filter });
    },

    /** What the matching runs have and how it varies; of more than 10,000, the newest. */
    async facets({ filter, ...within }: RunScope & Readonly<{ filter: Filter }>): Promise<RunFacets> {
      const past = await pastOfFound(within, filter);
      return readFacets(async (sqlOf) => {
        const { workspace, ...question } = await prepare({ ...within, filter, order: [] });
        return askSearch(source, sqlOf({ ...question, filter, past }, workspace), question.values);
      });
    },

    /** What these runs hold, in the order given; runs that are not there are left out. */
    load: (reach: Reach, runs: readonly string[], columns: RunColumns, asOf?: AsOf): Promise<FoundRun[]> =>
      load(reach, runs, columns, asOf),
  };
}
export type RunSearches = ReturnType<typeof createRunSearch>;
