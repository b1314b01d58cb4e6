import type { Test } from './filter';
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
  /** It holds for no NaN: what would be one may as well be absent. */
  missesNaN?: boolean;
}>;

export const PRESENT: Condition = { of: (value) => `${value} is not null` };

export function conditionOf(test: Exclude<Test, { is: 'absent' }>, values: SqlValues): Condition {
  const of = (value: string): string => compileCondition(value, test, values);
  switch (test.is) {
    case 'text':
      return { of, texts: { among: [test.value], isOne: test.comparator === '=' } };
    case 'among':
      return { of, texts: { among: test.values, isOne: !test.negated } };
    case 'number':
      return { of, missesNaN: test.comparator !== '!=' };
    default:
      return { of };
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
