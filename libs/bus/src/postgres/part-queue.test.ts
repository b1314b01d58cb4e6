import { type LogRecord, TOPICS } from '@runledger/contracts';
import { Call, PartQueue } from './part-queue';

const TOPIC = TOPICS.metrics.name;
const KB = 1024;

/** All in one partition: of one run's name, in workspaces that happen to share it, order is by workspace. */
const record = (workspace: string, run: string, bytes: number): LogRecord => ({
  topic: TOPIC,
  key: 'one-partition',
  headers: { ce_workspace: workspace, run },
  value: new Uint8Array(bytes),
});

const calls: Call[] = [];
const add = (queue: PartQueue, records: readonly LogRecord[]): void => {
  const call = new Call(records.length, 60_000, () => undefined);
  calls.push(call);
  queue.add(call, records);
};
afterEach(() => {
  for (const call of calls.splice(0)) {
    call.promise.catch(() => undefined);
    call.fail(new Error('over') as Parameters<Call['fail']>[0]);
  }
});
const runsOf = (loads: ReturnType<PartQueue['take']>): unknown[] =>
  loads.flatMap((load) => load.records.map(({ headers }) => headers['run']));

it('lets a quiet workspace into the next transaction, however much another has waiting', () => {
  const queue = new PartQueue();
  for (let i = 0; i < 200; i++) add(queue, [record('flood', `flood ${i}`, 500 * KB)]);
  for (const quiet of ['one', 'two', 'three']) add(queue, [record(quiet, quiet, KB)]);
  const next = runsOf(queue.take(0));
  expect(next).toEqual(expect.arrayContaining(['flood 0', 'one', 'two', 'three']));
});

it('keeps the order of each workspace, and never tears a call apart', () => {
  const queue = new PartQueue();
  for (let i = 0; i < 50; i++)
    add(queue, [record('flood', `flood ${i}a`, 300 * KB), record('flood', `flood ${i}b`, 300 * KB)]);
  for (let i = 0; i < 20; i++) add(queue, [record('quiet', `quiet ${i}`, 300 * KB)]);
  const order: unknown[] = [];
  for (let loads = queue.take(0); loads.length > 0; loads = queue.take(0)) {
    for (const load of loads)
      for (const part of load.parts) expect(part.records.length).toBe(part.workspace === 'flood' ? 2 : 1);
    order.push(...runsOf(loads));
    queue.release(loads);
  }
  const flood = Array.from({ length: 50 }, (_, i) => [`flood ${i}a`, `flood ${i}b`]).flat();
  expect(order.filter((run) => String(run).startsWith('flood'))).toEqual(flood);
  expect(order.filter((run) => String(run).startsWith('quiet'))).toEqual(
    Array.from({ length: 20 }, (_, i) => `quiet ${i}`),
  );
  expect([queue.isEmpty, queue.bytes]).toEqual([true, 0]);
});

it('forgets what waits of one call, wherever it stands', () => {
  const queue = new PartQueue();
  for (const workspace of ['one', 'two']) add(queue, [record(workspace, workspace, KB)]);
  const late = new Call(1, 60_000, () => undefined);
  calls.push(late);
  queue.add(late, [record('one', 'late', KB)]);
  expect(queue.discard(late).length).toBe(1);
  expect(runsOf(queue.take(0)).sort()).toEqual(['one', 'two']);
});
