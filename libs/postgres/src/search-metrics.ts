import type { Field, Filter, Order } from '@runledger/filter';
import type { DataSource } from 'typeorm';

function fieldsOf(filter: Filter): Field[] {
  switch (filter.is) {
    case 'all':
    case 'any':
      return filter.terms.flatMap(fieldsOf);
    case 'not':
      return fieldsOf(filter.term);
    default:
      return [filter.field];
  }
}

/** Whether terms are joined by OR somewhere in it. */
export function hasAny(filter: Filter): boolean {
  switch (filter.is) {
    case 'any':
      return true;
    case 'all':
      return filter.terms.some(hasAny);
    case 'not':
      return hasAny(filter.term);
    default:
      return false;
  }
}

type Naming = Readonly<{ filter: Filter; order: readonly Order[] }>;
const fieldsNamed = ({ filter, order }: Naming): Field[] => [...fieldsOf(filter), ...order.map(({ field }) => field)];

/** The metrics that a filter or an order names. */
export const metricsNamed = (asked: Naming): string[] => [
  ...new Set(fieldsNamed(asked).flatMap((field) => (field.part === 'metric' ? [field.key] : []))),
];

/** Whether they name this attribute. */
export const isAttributeNamed = (asked: Naming, name: string): boolean =>
  fieldsNamed(asked).some((field) => field.part === 'attribute' && field.key === name);

/** The numbers of metrics by their names; those that the workspace does not know are left out. */
export async function metricNumbersOf(
  source: Pick<DataSource, 'query'>,
  workspace: string,
  keys: readonly string[],
): Promise<Map<string, number>> {
  if (keys.length === 0) return new Map();
  const rows: Array<{ key: string; number: string }> = await source.query(
    'select key, number from custody.metric_key where workspace = $1 and key = any ($2)',
    [workspace, keys],
  );
  return new Map(rows.map((row) => [row.key, Number(row.number)]));
}

/** The names of metrics by their numbers, as the driver gives those, in the order of the names. */
export async function metricNamesOf(
  source: Pick<DataSource, 'query'>,
  numbers: Iterable<string>,
): Promise<Map<string, string>> {
  const asked = [...new Set(numbers)];
  if (asked.length === 0) return new Map();
  const rows: Array<{ key: string; number: string }> = await source.query(
    'select key, number from custody.metric_key where number = any ($1) order by key collate "C"',
    [asked],
  );
  return new Map(rows.map(({ number, key }) => [number, key]));
}
