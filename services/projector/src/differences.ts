import type { Difference } from '@runledger/contracts/http';
import type { RowSubject } from '@runledger/postgres';

/** A difference, and what it is about where it can be repaired. */
export type Found = Readonly<{ difference: Difference; subject: RowSubject | null; series?: number }>;

/** What both sides hold of one thing: from the log, and where people read it. Null: nothing. */
export type Pair<T> = Readonly<{ expected: T | null; found: T | null }>;

export type Sides<T> = Readonly<{
  expected: AsyncIterator<T>;
  found: AsyncIterator<T>;
  /** The order in which both come. */
  compare(a: T, b: T): number;
  isSame(a: T, b: T): boolean;
}>;

const orderOf = <T>(left: IteratorResult<T>, right: IteratorResult<T>, compare: Sides<T>['compare']): number => {
  if (left.done === true) return 1;
  return right.done === true ? -1 : compare(left.value, right.value);
};

/** Walks two sorted lists side by side, each once. Answers only what differs. */
export async function* differing<T>({ expected, found, compare, isSame }: Sides<T>): AsyncGenerator<Pair<T>> {
  try {
    let [left, right] = [await expected.next(), await found.next()];
    while (left.done !== true || right.done !== true) {
      const order = orderOf(left, right, compare);
      const pair = {
        expected: order <= 0 ? (left.value as T) : null,
        found: order >= 0 ? (right.value as T) : null,
      };
      if (pair.expected === null || pair.found === null || !isSame(pair.expected, pair.found)) yield pair;
      if (order <= 0) left = await expected.next();
      if (order >= 0) right = await found.next();
    }
  } finally {
    await expected.return?.();
    await found.return?.();
  }
}
