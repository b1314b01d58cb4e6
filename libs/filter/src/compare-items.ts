import { type Item, valuesOf } from './evaluate';
import type { Field, Order } from './filter';

/** Values come first, then NaN, then what is missing, in both directions. */
function groupOf(item: Item, field: Field): 0 | 1 | 2 {
  const [value] = valuesOf(item, field);
  if (value === undefined) return 2;
  return Number.isNaN(value) ? 1 : 0;
}

/** Characters of a text that an order looks at: where a page ended must fit into a token. */
export const SORTED_LENGTH = 200;
const sorted = (text: string): Buffer => Buffer.from(Array.from(text).slice(0, SORTED_LENGTH).join(''));

/** By code points, as every store orders the bytes of UTF-8. */
const compareTexts = (a: string, b: string): number => Buffer.compare(sorted(a), sorted(b));

/** The order of two things by one field: less than, equal to or greater than 0. */
function compareBy(a: Item, b: Item, { field, descending }: Order): number {
  const group = groupOf(a, field);
  if (group !== groupOf(b, field)) return group - groupOf(b, field);
  const [left] = valuesOf(a, field);
  const [right] = valuesOf(b, field);
  if (group > 0 || left === undefined || right === undefined) return 0;
  const order =
    typeof left === 'number' && typeof right === 'number'
      ? Number(left > right) - Number(left < right)
      : compareTexts(String(left), String(right));
  return descending ? -order : order;
}

/** The meaning of an order: the fields one after another; 0 where only a tie-break decides. */
export function compareItems(a: Item, b: Item, orders: readonly Order[]): number {
  for (const order of orders) {
    const compared = compareBy(a, b, order);
    if (compared !== 0) return compared;
  }
  return 0;
}
