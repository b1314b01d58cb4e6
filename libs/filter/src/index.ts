export { compareItems, SORTED_LENGTH } from './compare-items';
export { type Condition, SqlValues } from './compile-condition';
export {
  compileFilter,
  type FilterTarget,
  type Holders,
  type LookUps,
} from './compile-filter';
export type { Entity } from './entities';
export { type Item, matches } from './evaluate';
export type { DatasetField, Field, Filter, LinkField, MetricValue, Order, Test } from './filter';
export { parseFilter } from './parse-filter';
export { parseOrder } from './parse-order';
export { printFilter, printOrder } from './print-filter';
