import {
  compileFilter,
  type Entity,
  type Field,
  type Filter,
  type FilterTarget,
  type Order,
  SORTED_LENGTH,
  type SqlValues,
} from '@runledger/filter';
import { askerGone, Fault } from '@runledger/kernel';
import type { DataSource, QueryRunner } from 'typeorm';
import { isPlaceOf, type PlacePart } from './search-place';

/** What rows are sorted by, in SQL. */
export type SortKey = PlacePart & Readonly<{ sql: string; descending: boolean }>;

/** An entity that can be searched: where its rows lie, and which column stands for which field. */
export type SearchTable = Readonly<{
  entity: Entity;
  /** What follows `from`, with what the filter that was compiled last joins; one row for each thing. */
  readonly from: string;
  /** Sets that the filter that was compiled last asks for, as they stand behind `with`. */
  readonly sets?: readonly string[];
  target: FilterTarget;
  /** A field as something to sort by; when it is not a column of the row, with the join that brings it. `at` makes aliases unique. */
  sortKey(field: Field, at: number, values: SqlValues): Omit<SortKey, 'descending'> & Readonly<{ join?: string }>;
  /** Decide between rows that are equal by the order asked for; no two rows are equal by the last. */
  tieBreaks: readonly SortKey[];
}>;

/** Where a row stands in an order: its sort keys as text. Belongs to one order of one table. */
export type SearchPlace = ReadonlyArray<string | null>;

export type SearchQuestion = Readonly<{
  table: SearchTable;
  /** Values of the table's own SQL, and to which the question adds its own. */
  values: SqlValues;
  /** What bounds the search beside the filter. */
  scope: string;
  filter: Filter;
  order: readonly Order[];
  after?: SearchPlace | undefined;
  limit: number;
}>;

const withSets = ({ sets = [] }: SearchTable): string => (sets.length === 0 ? '' : `with ${sets.join(', ')} `);

/** A thing is counted, or its place found, by what the filter says of it. */
function countSql({ table, values, scope, filter }: Omit<SearchQuestion, 'order' | 'after' | 'limit'>): string {
  const where = compileFilter(filter, { entity: table.entity, target: table.target, values });
  return `${withSets(table)}select count(*) as n from ${table.from} where ${scope} and ${where}`;
}

type Sorted = Readonly<{ keys: readonly SortKey[]; joins: readonly string[] }>;

function sortedBy(table: SearchTable, order: readonly Order[], values: SqlValues): Sorted {
  const found = order.map(({ field, descending }, i) => ({ ...table.sortKey(field, i, values), descending }));
  return {
    keys: [...found, ...table.tieBreaks],
    joins: found.flatMap(({ join }) => (join === undefined ? [] : [join])),
  };
}

/**
 * Values come first, then NaN, then what is missing, in both directions. Postgres takes NaN for the greatest number, also when it is
 * negated. One key and not two, of which the first is nearly always the same: that sorts in half the time.
 */
function sortingOf({ type, descending, nullable }: SortKey, i: number): string {
  if (!nullable) return `k${i}${descending ? ' desc' : ''}`;
  if (descending && type === 'float8') return `-k${i} nulls last`;
  return `k${i}${descending ? ' desc' : ''} nulls last`;
}

/** What comes behind a place by one key alone; null where nothing does. */
function furtherBy(
  { type, descending, nullable }: SortKey,
  i: number,
  at: string | null,
  bound: string,
): string | null {
  const further = `k${i} ${descending ? '<' : '>'} ${bound}`;
  if (!nullable) return further;
  if (at === null) return null;
  if (type === 'float8' && at === 'NaN') return `k${i} is null`;
  return `(${further} or k${i} is null${type === 'float8' && descending ? ` or k${i} = 'NaN'` : ''})`;
}

/** Of rows in this order: those behind a place. */
function behind(keys: readonly SortKey[], place: SearchPlace, values: SqlValues): string {
  const bounds = keys.map((key, i) => values.add(place[i] ?? null, key.type));
  const steps = keys.map((key, i) => {
    const equal = key.nullable ? `k${i} is not distinct from ${bounds[i]}` : `k${i} = ${bounds[i]}`;
    return { further: furtherBy(key, i, place[i] ?? null, bounds[i] ?? ''), equal };
  });
  const nested = steps.reduceRight((rest, { further, equal }) => {
    if (rest === '') return further ?? 'false';
    return further === null ? `(${equal} and ${rest})` : `(${further} or (${equal} and ${rest}))`;
  }, '');
  const [first] = keys;
  // The same once more, where an index can begin.
  return first?.nullable === false ? `k0 ${first.descending ? '<=' : '>='} ${bounds[0]} and ${nested}` : nested;
}

/** SQL of a text as something to sort by. */
export const sortedText = (sql: string): string => `left(${sql}, ${SORTED_LENGTH}) collate "C"`;

/** Gives the places of the rows that match, in order; the last key of a place is what the table's last tie-break is. */
function searchSql({ table, values, scope, filter, order, after, limit }: SearchQuestion): string {
  const where = compileFilter(filter, { entity: table.entity, target: table.target, values });
  const { keys, joins } = sortedBy(table, order, values);
  const columns = keys.map((key, i) => `${key.sql} as k${i}`).join(', ');
  const texts = keys.map((_, i) => `k${i}::text`).join(', ');
  const sorting = keys.map(sortingOf).join(', ');
  if (after !== undefined && !isPlaceOf(keys, after))
    throw new Fault(
      'invalid',
      'READS_BAD_PAGE_TOKEN',
      'this page token is of another order: begin with the first page',
    );
  const rest = after === undefined ? 'true' : behind(keys, after, values);
  return `${withSets(table)}select array[${texts}] as place
    from (select ${columns} from ${[table.from, ...joins].join(' ')} where ${scope} and ${where}) found
    where ${rest} order by ${sorting} limit ${values.add(limit, 'int8')}`;
}

/** A search that takes longer is ended: it would only get slower while its client asks again. */
const MOST_SECONDS = 20;
/** Of one statement: what 100,000 runs need to be joined without a disk. */
const WORK_MEM = '64MB';
const CANCELED = '57014';

/**
 * Runs one statement of a search, within its bounds. Postgres ends it once nobody waits for it any more.
 * @throws Fault overloaded POSTGRES_SEARCH_TOO_LONG, unavailable POSTGRES_SEARCH_CANCELLED
 */
export async function askSearch<Row>(source: DataSource, sql: string, values: SqlValues): Promise<Row[]> {
  const gone = askerGone();
  const runner = source.createQueryRunner();
  let cancelling: Promise<unknown> | undefined;
  const cancel = (): void => {
    cancelling = backend.then((id) => source.query('select pg_cancel_backend($1)', [id])).catch(() => undefined);
  };
  const backend = (runner.connect() as Promise<{ processID: number }>).then(({ processID }) => processID);
  gone?.addEventListener('abort', cancel, { once: true });
  try {
    await backend;
    if (gone?.aborted === true) throw cancelled();
    await runner.query(BEGIN_SEARCH);
    return (await runner.query(sql, values.list)) as Row[];
  } catch (error) {
    if ((error as { driverError?: { code?: string } }).driverError?.code !== CANCELED) throw error;
    if (gone?.aborted === true) throw cancelled(error);
    const message = `the search took longer than ${MOST_SECONDS} s: ask for less`;
    throw new Fault('overloaded', 'POSTGRES_SEARCH_TOO_LONG', message, { cause: error });
  } finally {
    gone?.removeEventListener('abort', cancel);
    // It has read and nothing else: who asked need not wait for its end, nor for its connection to be free again.
    void endSearch(runner, cancelling);
  }
}

const cancelled = (cause?: unknown): Fault =>
  new Fault('unavailable', 'POSTGRES_SEARCH_CANCELLED', 'nobody waits for this search any more', { cause });

/** The bounds hold for this transaction only. One message to the server. */
const BEGIN_SEARCH = `begin read only; set local statement_timeout = '${MOST_SECONDS}s'; set local work_mem = '${WORK_MEM}'`;

/** A cancel that is under way must have come before the connection is somebody else's. */
async function endSearch(runner: QueryRunner, cancelling: Promise<unknown> | undefined): Promise<void> {
  await cancelling;
  await runner.query('rollback').catch(() => undefined); // a connection that is lost has ended it
  await runner.release();
}

/** The places of a page, and whether there are more behind them. */
export async function findPlaces(
  source: DataSource,
  question: SearchQuestion,
): Promise<{ places: SearchPlace[]; hasMore: boolean }> {
  const sql = searchSql({ ...question, limit: question.limit + 1 });
  const rows = await askSearch<{ place: SearchPlace }>(source, sql, question.values);
  return { places: rows.slice(0, question.limit).map(({ place }) => place), hasMore: rows.length > question.limit };
}

type Plan = Readonly<{ 'Subplan Name'?: string; 'Plan Rows': number; Plans?: readonly Plan[] }>;
const plansIn = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(plansIn)];

/** About how many rows the planner takes the largest of a question's sets to have; null where there is none. */
export async function estimateSets(
  source: DataSource,
  question: Omit<SearchQuestion, 'order' | 'after' | 'limit'>,
): Promise<number | null> {
  const sql = countSql(question);
  if ((question.table.sets ?? []).length === 0) return null;
  const explained = `explain (format json) ${sql}`;
  const [row] = await askSearch<{ 'QUERY PLAN': Array<{ Plan: Plan }> }>(source, explained, question.values);
  const plans = (row?.['QUERY PLAN'] ?? []).flatMap(({ Plan: plan }) => plansIn(plan));
  const sets = plans.filter((plan) => plan['Subplan Name']?.startsWith('CTE set'));
  return Math.max(...sets.map((plan) => plan['Plan Rows']));
}

/** How many rows match. */
export async function countMatches(
  source: DataSource,
  question: Omit<SearchQuestion, 'order' | 'after' | 'limit'>,
): Promise<number> {
  const rows = await askSearch<{ n: string }>(source, countSql(question), question.values);
  return Number(rows[0]?.n);
}
