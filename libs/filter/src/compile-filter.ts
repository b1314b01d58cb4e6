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

/**
 * Where the fields of an entity lie: its column map. Every function answers SQL that is true for the rows for which something holds,
 * and false or null for the others; it adds the values that it needs.
 */
export type FilterTarget = Readonly<{
  /** SQL of an attribute of the row, null where it is absent; a number is a double. */
  attributes: Readonly<Record<string, string>>;
  /** Whether the row has such a param, tag or metric for whose value the condition holds; some dataset or link for which it does. */
  param?: (key: string, condition: Condition, values: SqlValues) => string;
  tag?: (key: string, condition: Condition, values: SqlValues) => string;
  metric?: (field: Readonly<{ key: string; value: MetricValue }>, condition: Condition, values: SqlValues) => string;
  dataset?: (key: DatasetField, condition: Condition, values: SqlValues) => string;
  link?: (key: LinkField, condition: Condition, values: SqlValues) => string;
  lookUps?: LookUps;
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

/** The filter as a condition of SQL, true for the rows that match. */
export function compileFilter(filter: Filter, compiling: Compiling): string {
  const compile = (inner: Filter): string => compileFilter(inner, compiling);
  switch (filter.is) {
    case 'all':
      return filter.terms.length === 0 ? 'true' : `(${compileAll(filter.terms, compiling).join(' and ')})`;
    case 'any':
      return `(${filter.terms.map(compile).join(' or ')})`;
    case 'not':
      // Null is what is not known of something absent; that nothing is known is no truth.
      return `((${compile(filter.term)}) is not true)`;
    default:
      return compileTest(filter, compiling);
  }
}

/** A param or a tag that must have one of some values. */
const isLookUp = (filter: Filter, { entity }: Compiling): filter is Extract<Test, { is: 'text' | 'among' }> =>
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

function compileTest(test: Test, compiling: Compiling): string {
  if (test.is === 'absent') {
    const present = holds(test.field, PRESENT, compiling);
    return test.negated ? present : `((${present}) is not true)`;
  }
  const found = holds(test.field, conditionOf(test, compiling.values), compiling);
  if (test.is !== 'text' || test.field.part !== 'tag') return found;
  const assumed = VOCABULARIES[compiling.entity].absentTags?.[test.field.key];
  if (assumed === undefined || (assumed === test.value) !== (test.comparator === '=')) return found;
  return `(${found} or (${holds(test.field, PRESENT, compiling)}) is not true)`;
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

function holds(field: Field, condition: Condition, { target, values }: Compiling): string {
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
