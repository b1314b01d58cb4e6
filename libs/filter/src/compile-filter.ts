import { type Entity, VOCABULARIES } from './entities';
import type { DatasetField, Field, Filter, LinkField, MetricValue, Test } from './filter';
import { NUMERAL } from './numeral';
import { parseRegex } from './parse-regex';
import { postgresRegex } from './print-regex';

/** Values of a statement, in the order of their placeholders. Text of a filter gets into a statement by no other way. */
export class SqlValues {
  readonly list: unknown[] = [];

  /** Adds a value, and answers its placeholder. */
  add(value: unknown, type: string): string {
    this.list.push(value);
    return `$${this.list.length}::${type}`;
  }
}

/** What has to hold of a value. */
export type Condition = Readonly<{
  /** Given the SQL of the value, the SQL of the condition. */
  of: (value: string) => string;
  /** All that it asks of a text is whether it is one of these. `isOne`: it must be one of them, which an index can look up. */
  texts?: Readonly<{ among: readonly string[]; isOne: boolean }>;
}>;

/** Rows that hold something: what is searched has it if `of` is among their `column`. */
export type Holders = Readonly<{
  of: string;
  column: string;
  /** SQL of the rows, from `from` on; ends in a condition, to which another one may be added by `and`. */
  rows: string;
  /** No two rows have the same `column`. */
  unique: boolean;
}>;

/**
 * Where the fields of an entity lie: its column map. Every function answers SQL that is true for the rows for which something holds,
 * and false or null for the others, or the rows that hold it; it adds the values that it needs.
 */
export type FilterTarget = Readonly<{
  /** SQL of an attribute of the row, null where it is absent; a number is a double. */
  attributes: Readonly<Record<string, string>>;
  /** Whether the row has such a param, tag or metric for whose value the condition holds; some dataset or link for which it does. */
  param?: (key: string, condition: Condition, values: SqlValues) => string | Holders;
  tag?: (key: string, condition: Condition, values: SqlValues) => string | Holders;
  metric?: (
    field: Readonly<{ key: string; value: MetricValue }>,
    condition: Condition,
    values: SqlValues,
  ) => string | Holders;
  dataset?: (key: DatasetField, condition: Condition, values: SqlValues) => string | Holders;
  link?: (key: LinkField, condition: Condition, values: SqlValues) => string | Holders;
  lookUps?: LookUps;
  /**
   * Joins holders to what is searched, once for each row, and answers SQL that is true for those that are among them, else null;
   * nothing where enough has been joined.
   */
  join?: (holders: Holders) => string | undefined;
}>;

/** Tests that several of look up one thing each in an index: the rows for which all hold are the intersection of what is found. */
export type LookUps = Readonly<{
  /** SQL of what a row is found by. */
  of: string;
  /** A query of what has such a param or tag. */
  param: (key: string, condition: Condition, values: SqlValues) => string;
  tag: (key: string, condition: Condition, values: SqlValues) => string;
}>;

type Compiling = Readonly<{ entity: Entity; target: FilterTarget; values: SqlValues }>;

/** The filter as a condition of SQL, true for the rows that match. Null counts as false, wherever it stands. */
export function compileFilter(filter: Filter, compiling: Compiling): string {
  const compile = (inner: Filter): string => compileFilter(inner, compiling);
  switch (filter.is) {
    case 'all':
      return filter.terms.length === 0 ? 'true' : `(${compileAll(filter.terms, compiling).join(' and ')})`;
    case 'any':
      return `(${filter.terms.map((term) => compilePart(term, compiling)).join(' or ')})`;
    case 'not':
      if (filter.term.is === 'not') return compile(filter.term.term);
      if (filter.term.is === 'any') return compile({ is: 'all', terms: filter.term.terms.map(negated) });
      return compileNot(filter.term, compiling);
    default:
      return compileTest(filter, compiling, amongThem);
  }
}

const negated = (term: Filter): Filter => ({ is: 'not', term });

/** How a test says that what is searched is, or is not, among its holders. */
type Saying = (holders: Holders, target: Pick<FilterTarget, 'join'>) => string;
/** Where all terms have to hold, a planner joins holders as it likes, knowing how many they are. */
const amongThem: Saying = ({ of, column, rows }) => `${of} in (select ${column} ${rows})`;
const notAmongThem: Saying = ({ of, column, rows }) => `not exists (select ${rows} and ${column} = ${of})`;
/** Elsewhere it would find them anew in each of its workers, and guess that half of all rows are among them. */
const joined: Saying = (holders, { join }) => join?.(holders) ?? amongThem(holders, {});

/** A term that alone decides nothing. */
function compilePart(filter: Filter, compiling: Compiling): string {
  switch (filter.is) {
    case 'all':
      return filter.terms.length === 0
        ? 'true'
        : `(${filter.terms.map((term) => compilePart(term, compiling)).join(' and ')})`;
    case 'any':
      return `(${filter.terms.map((term) => compilePart(term, compiling)).join(' or ')})`;
    case 'not':
      // Null is what is not known of something absent; that nothing is known is no truth.
      return `((${compilePart(filter.term, compiling)}) is not true)`;
    default:
      // The few that an index finds are looked up by each worker.
      return compileTest(filter, compiling, isLookUp(filter, compiling) ? amongThem : joined);
  }
}

function compileNot(filter: Filter, compiling: Compiling): string {
  if (filter.is === 'all' || filter.is === 'any' || filter.is === 'not' || isAssumed(filter, compiling))
    return `((${compilePart(filter, compiling)}) is not true)`;
  if (filter.is === 'absent') return compileTest({ ...filter, negated: !filter.negated }, compiling, amongThem);
  return denied(filter.field, conditionOf(filter, compiling.values), compiling);
}

/** A param or a tag that must have one of some values. */
const isLookUp = (
  filter: Filter,
  { entity }: Pick<Compiling, 'entity'>,
): filter is Extract<Test, { is: 'text' | 'among' }> =>
  ((filter.is === 'text' && filter.comparator === '=') || (filter.is === 'among' && !filter.negated)) &&
  (filter.field.part === 'param' ||
    (filter.field.part === 'tag' && VOCABULARIES[entity].absentTags?.[filter.field.key] === undefined));

/** Several look-ups are intersected before anything is joined to them: a planner would join each with all rows. */
function compileAll(terms: readonly Filter[], compiling: Compiling): string[] {
  const { target, values } = compiling;
  const found = terms.filter((term) => isLookUp(term, compiling));
  if (target.lookUps === undefined || found.length < 2) return terms.map((term) => compileFilter(term, compiling));
  const { of, ...rowsOf } = target.lookUps;
  const rows = found.map((test) => {
    const { part, key } = test.field as Extract<Field, { part: 'param' | 'tag' }>;
    return rowsOf[part](key, conditionOf(test, values), values);
  });
  const rest = terms.filter((term) => !isLookUp(term, compiling));
  return [`${of} in (${rows.join(' intersect ')})`, ...rest.map((term) => compileFilter(term, compiling))];
}

const PRESENT: Condition = { of: (value) => `${value} is not null` };

/** A tag that counts as having a value where it is absent. */
function assumedOf(test: Test, { entity }: Compiling): string | undefined {
  return test.is === 'text' && test.field.part === 'tag'
    ? VOCABULARIES[entity].absentTags?.[test.field.key]
    : undefined;
}
const isAssumed = (test: Test, compiling: Compiling): boolean => assumedOf(test, compiling) !== undefined;

function compileTest(test: Test, compiling: Compiling, say: Saying): string {
  if (test.is === 'absent')
    return test.negated ? holds(test.field, PRESENT, compiling, say) : denied(test.field, PRESENT, compiling);
  const assumed = assumedOf(test, compiling);
  if (test.is !== 'text' || assumed === undefined || (assumed === test.value) !== (test.comparator === '='))
    return holds(test.field, conditionOf(test, compiling.values), compiling, say);
  const found = holds(test.field, conditionOf(test, compiling.values), compiling, joined);
  return `(${found} or (${holds(test.field, PRESENT, compiling, joined)}) is not true)`;
}

function conditionOf(test: Exclude<Test, { is: 'absent' }>, values: SqlValues): Condition {
  const of = (value: string): string => compileCondition(value, test, values);
  switch (test.is) {
    case 'text':
      return { of, texts: { among: [test.value], isOne: test.comparator === '=' } };
    case 'among':
      return { of, texts: { among: test.values, isOne: !test.negated } };
    default:
      return { of };
  }
}

function holds(field: Field, condition: Condition, compiling: Compiling, say: Saying): string {
  const found = findHolders(field, condition, compiling);
  return typeof found === 'string' ? found : say(found, compiling.target);
}

function denied(field: Field, condition: Condition, compiling: Compiling): string {
  const found = findHolders(field, condition, compiling);
  return typeof found === 'string' ? `((${found}) is not true)` : notAmongThem(found, compiling.target);
}

function findHolders(field: Field, condition: Condition, { target, values }: Compiling): string | Holders {
  switch (field.part) {
    case 'attribute': {
      const sql = target.attributes[field.key];
      return sql === undefined ? 'false' : `(${condition.of(sql)})`;
    }
    case 'metric':
      return target.metric?.(field, condition, values) ?? 'false';
    case 'dataset':
      return target.dataset?.(field.key, condition, values) ?? 'false';
    case 'link':
      return target.link?.(field.key, condition, values) ?? 'false';
    case 'param':
    case 'tag':
      return target[field.part]?.(field.key, condition, values) ?? 'false';
    default:
      return field satisfies never;
  }
}

/** Postgres takes NaN for the greatest number and equal to itself. */
function compileNumber(value: string, test: Extract<Test, { is: 'number' }>, values: SqlValues): string {
  const operator = test.comparator === '!=' ? '<>' : test.comparator;
  const compared = `${value} ${operator} ${values.add(test.value, 'float8')}`;
  return operator.startsWith('>') ? `${compared} and ${value} < 'NaN'::float8` : compared;
}

/** A text that is a number, compared as one; any other passes no comparison. `case` keeps the cast from texts that are none. */
function compileNumeral(value: string, test: Extract<Test, { is: 'number' }>, values: SqlValues): string {
  const isNumber = `${value} collate "C" ~ '${NUMERAL}' and pg_input_is_valid(${value}, 'float8')`;
  return `case when ${isNumber} then ${compileNumber(`${value}::float8`, test, values)} else false end`;
}

function compileCondition(value: string, test: Exclude<Test, { is: 'absent' }>, values: SqlValues): string {
  switch (test.is) {
    case 'number':
      return (test.field.part === 'param' ? compileNumeral : compileNumber)(value, test, values);
    case 'text':
      return `${value} ${test.comparator === '=' ? '=' : '<>'} ${values.add(test.value, 'text')}`;
    case 'among':
      return `${value} ${test.negated ? '<> all' : '= any'} (${values.add(test.values, 'text[]')})`;
    case 'match':
      return compileMatch(value, test, values);
    default:
      return test satisfies never;
  }
}

function compileMatch(value: string, { matcher, pattern }: Extract<Test, { is: 'match' }>, values: SqlValues): string {
  switch (matcher) {
    case 'LIKE':
      return `${value} collate "C" like ${values.add(pattern, 'text')} escape ''`;
    case 'ILIKE':
      return `lower(${value} collate "pg_c_utf8") like lower(${values.add(pattern, 'text')} collate "pg_c_utf8") escape ''`;
    case 'RLIKE':
      return `${value} collate "C" ~ ${values.add(postgresRegex(parseRegex(pattern)), 'text')}`;
    default:
      return matcher satisfies never;
  }
}
