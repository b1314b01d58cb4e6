/** A param's value; non-finite numbers and integers beyond 2^53 become text. */
export type ParamValue = string | number | boolean | bigint;

const MAX_ITEMS = 1_000;
const MAX_CHARS = 250_000;

function* parts<T extends { key: string; value: unknown }>(items: Iterable<T>): Generator<T[]> {
  let part: T[] = [];
  let chars = 0;
  for (const item of items) {
    const size = item.key.length + String(item.value).length;
    if (part.length === MAX_ITEMS || (part.length > 0 && chars + size > MAX_CHARS)) {
      yield part;
      part = [];
      chars = 0;
    }
    part.push(item);
    chars += size;
  }
  if (part.length > 0) yield part;
}

const plain = (value: ParamValue): string | number | boolean =>
  typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)) ? String(value) : value;

/** Params as lists that fit into one event each. */
export const paramParts = (params: Readonly<Record<string, ParamValue>>) =>
  parts(Object.entries(params).map(([key, value]) => ({ key, value: plain(value) })));

export const tagParts = (tags: Readonly<Record<string, string>>) =>
  parts(Object.entries(tags).map(([key, value]) => ({ key, value })));
