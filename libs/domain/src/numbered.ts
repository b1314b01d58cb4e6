/**
 * Values by number from 1, unchangeable: a change copies the part that it is in, not the whole, so that a stream of many
 * versions folds in time that grows with its length.
 */
export type Numbered<V> = Readonly<{ last: number; parts: ReadonlyArray<ReadonlyArray<V | null>> }>;

const WIDTH = 64;

export const noneNumbered: Numbered<never> = { last: 0, parts: [] };

export const numbered = <V>({ parts }: Numbered<V>, number: number): V | null =>
  parts[Math.floor((number - 1) / WIDTH)]?.[(number - 1) % WIDTH] ?? null;

/** The list with another element at `at`; what lies between its end and there is filled up. */
function replaced<T>(list: readonly T[], at: number, value: T, filling: T): readonly T[] {
  const changed = [...list];
  while (changed.length < at) changed.push(filling);
  changed[at] = value;
  return changed;
}

export function withNumbered<V>({ last, parts }: Numbered<V>, number: number, value: V | null): Numbered<V> {
  const at = Math.floor((number - 1) / WIDTH);
  const part = replaced(parts[at] ?? [], (number - 1) % WIDTH, value, null);
  return { last: Math.max(last, number), parts: replaced(parts, at, part, []) };
}

/** What is there, by number. */
export function* everyNumbered<V>({ parts }: Numbered<V>): Generator<readonly [number: number, value: V]> {
  for (const [at, part] of parts.entries())
    for (const [i, value] of part.entries()) if (value !== null) yield [at * WIDTH + i + 1, value];
}
