import type { Field, Filter, Order } from './filter';

const quote = (text: string, sign: "'" | '`'): string => `${sign}${text.replaceAll(sign, sign + sign)}${sign}`;
const PREFIX = { param: 'params', tag: 'tags', metric: 'metrics' };

export function printField(field: Field): string {
  if (field.part === 'attribute') return field.key;
  if (field.part === 'dataset' || field.part === 'link') return `${field.part}s.${field.key}`;
  const value = field.part === 'metric' && field.value !== 'latest' ? `.${field.value}` : '';
  return `${PREFIX[field.part]}.${quote(field.key, '`')}${value}`;
}

/** A number as the language reads it back. */
function printNumber(value: number): string {
  if (Object.is(value, -0)) return '-0';
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? '1e999' : '-1e999';
}

/** The filter as text. To parse it again gives the same tree. */
export function printFilter(filter: Filter): string {
  switch (filter.is) {
    case 'all':
      return filter.terms.map(printInner).join(' AND ');
    case 'any':
      return filter.terms.map(printInner).join(' OR ');
    case 'not':
      return `NOT ${printInner(filter.term)}`;
    case 'number':
      return `${printField(filter.field)} ${filter.comparator} ${printNumber(filter.value)}`;
    case 'text':
      return `${printField(filter.field)} ${filter.comparator} ${quote(filter.value, "'")}`;
    case 'match':
      return `${printField(filter.field)} ${filter.matcher} ${quote(filter.pattern, "'")}`;
    case 'among': {
      const values = filter.values.map((value) => quote(value, "'")).join(', ');
      return `${printField(filter.field)} ${filter.negated ? 'NOT IN' : 'IN'} (${values})`;
    }
    case 'absent':
      return `${printField(filter.field)} IS ${filter.negated ? 'NOT NULL' : 'NULL'}`;
    default:
      return filter satisfies never;
  }
}

const printInner = (filter: Filter): string =>
  filter.is === 'all' || filter.is === 'any' ? `(${printFilter(filter)})` : printFilter(filter);

export const printOrder = ({ field, descending }: Order): string =>
  `${printField(field)} ${descending ? 'DESC' : 'ASC'}`;
