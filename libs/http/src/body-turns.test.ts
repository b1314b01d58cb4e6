import { BodyTurns } from './body-turns';

it('hands on large bodies one a turn of the event loop, and the tenants in turn', async () => {
  const turns = new BodyTurns();
  const order: string[] = [];
  let turn = 0;
  const counting = setInterval(() => undefined, 1_000);
  const count = (): void => {
    turn++;
    if (order.length < 22) setImmediate(count);
  };
  setImmediate(count);
  const take = async (tenant: string, bytes: number): Promise<void> => {
    await turns.next(tenant, bytes);
    order.push(`${tenant} ${turn}`);
  };
  await Promise.all([
    ...Array.from({ length: 20 }, () => take('flood', 1_000_000)),
    take('one', 100),
    take('two', 100),
  ]);
  clearInterval(counting);
  const tenants = order.map((one) => one.split(' ')[0]);
  expect(tenants.slice(0, 4)).toEqual(['flood', 'one', 'two', 'flood']);
  const perTurn = new Map<string, number>();
  for (const one of order.filter((name) => name.startsWith('flood'))) perTurn.set(one, (perTurn.get(one) ?? 0) + 1);
  expect(Math.max(...perTurn.values())).toBe(1);
});

it('hands on small bodies together', async () => {
  const turns = new BodyTurns();
  let turn = 0;
  setImmediate(() => turn++);
  const seen: number[] = [];
  const take = async (): Promise<void> => {
    await turns.next('one', 1_000);
    seen.push(turn);
  };
  await Promise.all(Array.from({ length: 50 }, take));
  expect(new Set(seen).size).toBe(1);
});
