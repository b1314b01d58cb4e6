import fc from 'fast-check';
import { TurnQueue } from './turn-queue';

const drained = <T>(queue: TurnQueue<T>): T[] => {
  const all: T[] = [];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) all.push(next);
  return all;
};

it('serves tenants in turn, and each of them in order', () => {
  const queue = new TurnQueue<string>();
  for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'c2']) queue.push(item.charAt(0), item);
  expect(queue.peek()).toBe('a1');
  expect(queue.size).toBe(6);
  expect(drained(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
  expect([queue.size, queue.peek(), queue.shift()]).toEqual([0, undefined, undefined]);
});

it('lets nobody wait for more than one of each other tenant', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 60 }), (tenants) => {
      const queue = new TurnQueue<{ tenant: number; nth: number }>();
      const counts = new Map<number, number>();
      for (const tenant of tenants) {
        const nth = counts.get(tenant) ?? 0;
        counts.set(tenant, nth + 1);
        queue.push(String(tenant), { tenant, nth });
      }
      const order = drained(queue);
      expect(order.length).toBe(tenants.length);
      for (const [at, { tenant, nth }] of order.entries()) {
        const before = order.slice(0, at);
        expect(before.filter((one) => one.tenant === tenant).map((one) => one.nth)).toEqual([...Array(nth).keys()]);
        for (const other of counts.keys())
          expect(before.filter((one) => one.tenant === other).length).toBeLessThanOrEqual(nth + 1);
      }
    }),
  );
});

it('lets go whoever leaves', () => {
  const queue = new TurnQueue<string>();
  for (const item of ['a1', 'a2', 'b1', 'c1']) queue.push(item.charAt(0), item);
  expect(queue.remove((item) => item === 'a1' || item === 'b1')).toEqual(['a1', 'b1']);
  expect([queue.size, queue.sizeOf('a'), queue.sizeOf('b')]).toEqual([2, 1, 0]);
  expect(drained(queue)).toEqual(['a2', 'c1']);
});
