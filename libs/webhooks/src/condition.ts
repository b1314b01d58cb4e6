import { type Filter, parseFilter } from '@runledger/filter';
import { Fault } from '@runledger/kernel';

/** What is looked for in what a run measures, and the metrics that it looks at. */
export type Condition = Readonly<{ filter: Filter; keys: ReadonlySet<string> }>;

const bad = (message: string): Fault => new Fault('invalid', 'WEBHOOKS_BAD_CONDITION', message);

function addKeys(filter: Filter, keys: Set<string>): void {
  switch (filter.is) {
    case 'all':
    case 'any':
      for (const term of filter.terms) addKeys(term, keys);
      return;
    case 'not':
      addKeys(filter.term, keys);
      return;
    default:
      if (filter.is !== 'number' || filter.field.part !== 'metric')
        throw bad('a condition compares metrics with numbers, as in metrics.loss < 0.1, joined by AND, OR and NOT');
      keys.add(filter.field.key);
  }
}

/**
 * Reads a condition in the language of searches. What else is known of a run comes by another way than its points, so that nobody
 * could say at which of them it held: only metrics are compared.
 * @throws Fault invalid FILTER_…, WEBHOOKS_BAD_CONDITION
 */
export function parseCondition(text: string): Condition {
  const filter = parseFilter(text, 'run');
  const keys = new Set<string>();
  addKeys(filter, keys);
  if (keys.size === 0) throw bad('a condition compares at least one metric');
  return { filter, keys };
}
