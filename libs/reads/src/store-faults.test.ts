import { Fault } from '@runledger/kernel';
import { readsThatEnd } from './store-faults';

const failing = (error: Error) => readsThatEnd({ read: () => Promise.reject(error) }, 50).read();

it('says that a store is away when its connection fails', async () => {
  const broken = new Error('Connection terminated unexpectedly');
  const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
  const stopped = Object.assign(new Error('terminating'), { driverError: { code: '57P01' } });
  const crowded = Object.assign(new Error('too many clients'), { code: '53300' });
  for (const error of [broken, refused, stopped, crowded])
    await expect(failing(error)).rejects.toMatchObject({ kind: 'unavailable', code: 'READS_STORE_AWAY', cause: error });
});

it('leaves faults and our own mistakes as they are', async () => {
  const fault = new Fault('missing', 'X', 'x');
  const syntax = Object.assign(new Error('syntax'), { driverError: { code: '42601' } });
  for (const error of [fault, syntax, new TypeError('undefined')]) await expect(failing(error)).rejects.toBe(error);
});

it('waits for a store no longer than it may', async () => {
  const reads = readsThatEnd({ hang: () => new Promise(() => undefined), quick: async (n: number) => n + 1 }, 50);
  await expect(reads.hang()).rejects.toMatchObject({ code: 'READS_STORE_AWAY' });
  expect(await reads.quick(1)).toBe(2);
});
