import type { Entity } from './entities';
import type { Order } from './filter';
import { filterFault } from './filter-fault';
import { printField } from './print-filter';
import { readField } from './read-field';
import { TokenStream } from './token-stream';

const MAX_ORDERS = 10;
const MAX_LENGTH = 1_000;

/** An order by datasets would be one of lists; experiments and models are ordered by what they are, as in MLflow. */
const ORDERED_PARTS: Readonly<Record<Entity, readonly string[]>> = {
  run: ['attribute', 'param', 'tag', 'metric'],
  experiment: ['attribute'],
  'registered-model': ['attribute'],
  'model-version': ['attribute'],
  'logged-model': ['attribute', 'metric'],
};

/**
 * Reads MLflow's `order_by`: each text a field, and ASC (when nothing is said) or DESC. What is ordered by twice is refused.
 * @throws Fault invalid FILTER_…
 */
export function parseOrder(texts: readonly string[], entity: Entity): Order[] {
  if (texts.length > MAX_ORDERS) throw filterFault('FILTER_TOO_LARGE', 0, `an order has at most ${MAX_ORDERS} fields`);
  const orders = texts.map((text) => parseOne(text, entity));
  const seen = new Set<string>();
  for (const { field } of orders) {
    const name = printField(field);
    if (seen.has(name)) throw filterFault('FILTER_BAD_ORDER', 0, `an order names ${name} twice`);
    seen.add(name);
  }
  return orders;
}

function parseOne(text: string, entity: Entity): Order {
  if (text.length > MAX_LENGTH)
    throw filterFault('FILTER_TOO_LARGE', MAX_LENGTH, `an order has at most ${MAX_LENGTH} characters`);
  const tokens = new TokenStream(text);
  const field = readField(tokens, entity, true);
  if (!ORDERED_PARTS[entity].includes(field.part))
    throw filterFault('FILTER_BAD_ORDER', 0, `nothing here is ordered by a ${field.part}`);
  const descending = tokens.takeWord('DESC');
  if (!descending) tokens.takeWord('ASC');
  if (tokens.next.kind !== 'end') throw tokens.fault('FILTER_BAD_ORDER', 'expected ASC, DESC or the end');
  return { field, descending };
}
