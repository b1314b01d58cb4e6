import { type Entity, VOCABULARIES } from './entities';
import type { Comparator, Field, Filter, LinkField, Matcher, MetricValue, Test } from './filter';
import { numberOfText } from './numeral';
import { parseRegex } from './parse-regex';
import { scriptRegex } from './print-regex';

/** A thing as the language sees it. An attribute that is null is absent. */
export type Item = Readonly<{
  attributes: Readonly<Record<string, string | number | null>>;
  params?: ReadonlyMap<string, string>;
  tags?: ReadonlyMap<string, string>;
  metrics?: ReadonlyMap<string, Readonly<Record<MetricValue, number>>>;
  links?: ReadonlyArray<Readonly<Record<LinkField, string | null>>>;
  datasets?: ReadonlyArray<Readonly<{ name: string; digest: string; context: string }>>;
}>;

type Value = string | number;

/** The values of a field: none where it is absent, several only of datasets and links. */
export function valuesOf(item: Item, field: Field): Value[] {
  const found = (value: Value | null | undefined): Value[] => (value === undefined || value === null ? [] : [value]);
  switch (field.part) {
    case 'attribute':
      return found(item.attributes[field.key]);
    case 'param':
      return found(item.params?.get(field.key));
    case 'tag':
      return found(item.tags?.get(field.key));
    case 'metric':
      return found(item.metrics?.get(field.key)?.[field.value]);
    case 'dataset':
      return (item.datasets ?? []).map((dataset) => dataset[field.key]);
    case 'link':
      return (item.links ?? []).flatMap((link) => found(link[field.key]));
    default:
      return field satisfies never;
  }
}

/** The meaning of a filter, said as plainly as can be. What engines answer is held against it. */
export function matches(item: Item, filter: Filter, entity: Entity): boolean {
  switch (filter.is) {
    case 'all':
      return filter.terms.every((term) => matches(item, term, entity));
    case 'any':
      return filter.terms.some((term) => matches(item, term, entity));
    case 'not':
      return !matches(item, filter.term, entity);
    case 'absent':
      return valuesOf(item, filter.field).length > 0 === filter.negated;
    default:
      return comparedValues(item, filter, entity).some((value) => passes(value, filter));
  }
}

function comparedValues(item: Item, test: Test, entity: Entity): Value[] {
  const values = valuesOf(item, test.field);
  const assumed = test.is === 'text' && test.field.part === 'tag' && VOCABULARIES[entity].absentTags?.[test.field.key];
  return values.length === 0 && typeof assumed === 'string' ? [assumed] : values;
}

function passes(value: Value, test: Exclude<Test, { is: 'absent' }>): boolean {
  switch (test.is) {
    case 'number': {
      const number = typeof value === 'number' ? value : numberOfText(value);
      return number !== null && compare(number, test.comparator, test.value);
    }
    case 'text':
      return (value === test.value) === (test.comparator === '=');
    case 'match':
      return matchesPattern(String(value), test.matcher, test.pattern);
    case 'among':
      return test.values.includes(String(value)) !== test.negated;
    default:
      return test satisfies never;
  }
}

/** NaN is different from every number, and neither less nor greater. */
function compare(a: number, comparator: Comparator, b: number): boolean {
  switch (comparator) {
    case '=':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      return comparator satisfies never;
  }
}

/** One character for one, so that lengths stay: what Unicode calls simple case mapping. */
const lower = (text: string): string =>
  Array.from(text, (char) => String.fromCodePoint(char.toLowerCase().codePointAt(0) as number)).join('');

/** In LIKE, `%` is any text and `_` any character; nothing escapes them. */
function likeRegex(pattern: string): RegExp {
  const parts = Array.from(pattern, (char) => {
    if (char === '%') return '[^]*';
    return char === '_' ? '[^]' : `\\u{${(char.codePointAt(0) as number).toString(16)}}`;
  });
  return new RegExp(`^${parts.join('')}$`, 'u');
}

function matchesPattern(value: string, matcher: Matcher, pattern: string): boolean {
  switch (matcher) {
    case 'LIKE':
      return likeRegex(pattern).test(value);
    case 'ILIKE':
      return likeRegex(lower(pattern)).test(lower(value));
    case 'RLIKE':
      return scriptRegex(parseRegex(pattern)).test(value);
    default:
      return matcher satisfies never;
  }
}
