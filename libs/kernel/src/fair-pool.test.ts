import { askFor, workFor } from './asker';
import { FairPool } from './fair-pool';

const as = <T>(tenant: string, work: () => Promise<T>): Promise<T> =>
  workFor(
    () => undefined,
    () => {
      askFor(tenant);
      return work();
    },
  );

it('gives what becomes free to the tenants in turn', async () => {
  const pool = new FairPool(['session']);
  const order: string[] = [];
  const use = (tenant: string, name: string): Promise<void> =>
    as(tenant, () =>
      pool.use(async () => {
        order.push(name);
        await new Promise((done) => setTimeout(done, 1));
      }),
    );
  const flood = Array.from({ length: 20 }, (_, i) => use('flood', `flood ${i}`));
  const quiet = [use('one', 'one'), use('two', 'two')];
  expect(pool.waitingOf('flood')).toBe(19);
  await Promise.all([...flood, ...quiet]);
  expect(order.slice(0, 5)).toEqual(['flood 0', 'flood 1', 'one', 'two', 'flood 2']);
  expect(order.length).toBe(22);
});

it('takes back what failed', async () => {
  const pool = new FairPool([1]);
  await expect(pool.use(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await pool.use(async (one) => one)).toBe(1);
});
