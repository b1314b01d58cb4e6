import { type Condition, conditionOf, PRESENT, type SqlValues } from './compile-condition';
import { type Entity, VOCABULARIES } from './entities';
import type { DatasetField, Field, Filter, LinkField, MetricValue, Test } from './filter';

/** Rows that hold something: what is searched has it if `of` is among their `column`. */
export type Holders = Readonly<{
  of: string;
  column: string;
  /** SQL of the rows, from `from` on; ends in a condition, to which another one may be added by `and`. */
  rows: string;
  /** No two rows have the same `column`. */
  unique: boolean;
  /** The same by what all holders can be found by, where `of` is not that. */
  shared?: Readonly<{ of: string; column: string; rows: string }>;
  /** They are joins themselves: to be made once, wherever the test stands. */
  isJoined?: boolean;
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
  /** Makes a set once for the whole statement, and answers a query of it. */
  once?: (query: string) => string;
  /** Whether terms joined by OR are made one set, as is quick where hardly anything is in it. */
  unites?: boolean;
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
      return (
        uniteAny(filter, compiling) ?? `(${filter.terms.map((term) => compilePart(term, compiling)).join(' or ')})`
      );
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
type Saying = (holders: Holders, target: Pick<FilterTarget, 'join' | 'once'>) => string;
/** Where all terms have to hold, a planner joins holders as it likes, knowing how many they are. */
const amongThem: Saying = ({ of, column, rows }) => `${of} in (select ${column} ${rows})`;
const notAmongThem: Saying = ({ of, column, rows }) => `not exists (select ${rows} and ${column} = ${of})`;
/** Elsewhere it would find them anew in each of its workers, and guess that half of all rows are among them. */
const joined: Saying = (holders, { join }) => join?.(holders) ?? amongThem(holders, {});
/** What are joins themselves is made once, and before all else. */
const amongSet: Saying = ({ of, column, rows }, { once }) => {
  const query = `select ${column} ${rows}`;
  return `${of} in (${once?.(query) ?? query})`;
};

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

/** Holders of a filter as one set. */
type HolderSet = Holders | Readonly<{ is: 'any' | 'all'; terms: readonly HolderSet[] }>;

/** Terms joined by OR as one set of what holds any of them; nothing where some term says anything else. */
function uniteAny(filter: Extract<Filter, { is: 'any' }>, compiling: Compiling): string | undefined {
  const { once, unites } = compiling.target;
  if (once === undefined || unites !== true || !isHeld(filter, compiling)) return undefined;
  const holders = holdersOf(filter, compiling);
  const [first, ...rest] = leavesOf(holders);
  const isAlike = rest.every((one) => one.of === first?.of);
  const found = (one: Holders): Pick<Holders, 'of' | 'column' | 'rows'> => (isAlike ? one : (one.shared ?? one));
  return first && `${found(first).of} in (${once(queryOf(holders, found))})`;
}

/** Whether a filter says of all that it names that it is held. */
function isHeld(filter: Filter, compiling: Compiling): boolean {
  switch (filter.is) {
    case 'any':
    case 'all':
      return filter.terms.length > 0 && filter.terms.every((term) => isHeld(term, compiling));
    case 'not':
      return false;
    default:
      if (filter.field.part === 'attribute' || isAssumed(filter, compiling)) return false;
      return filter.is !== 'absent' || filter.negated;
  }
}

function holdersOf(filter: Filter, compiling: Compiling): HolderSet {
  if (filter.is === 'any' || filter.is === 'all')
    return { is: filter.is, terms: filter.terms.map((term) => holdersOf(term, compiling)) };
  if (filter.is === 'not') return holdersOf(filter.term, compiling);
  const condition = filter.is === 'absent' ? PRESENT : conditionOf(filter, compiling.values);
  return findHolders(filter.field, condition, compiling) as Holders;
}

const leavesOf = (set: HolderSet): Holders[] => ('is' in set ? set.terms.flatMap(leavesOf) : [set]);

function queryOf(set: HolderSet, found: (one: Holders) => Pick<Holders, 'column' | 'rows'>): string {
  if ('is' in set)
    return set.terms.map((term) => `(${queryOf(term, found)})`).join(set.is === 'any' ? ' union all ' : ' intersect ');
  const { column, rows } = found(set);
  return `select ${column} ${rows}`;
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

function holds(field: Field, condition: Condition, compiling: Compiling, say: Saying): string {
  const found = findHolders(field, condition, compiling);
  if (typeof found === 'string') return found;
  return (found.isJoined === true && say !== amongThem ? amongSet : say)(found, compiling.target);
}

function denied(field: Field, condition: Condition, compiling: Compiling): string {
  const found = findHolders(field, condition, compiling);
  if (typeof found === 'string') return `((${found}) is not true)`;
  return found.isJoined === true
    ? `((${amongSet(found, compiling.target)}) is not true)`
    : notAmongThem(found, compiling.target);
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
