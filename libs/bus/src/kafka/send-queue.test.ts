import { type LogRecord, TOPICS } from '@runledger/contracts';
import { Publication, SendQueue } from './send-queue';

const record = (workspace: string, run: string, bytes: number): LogRecord => ({
  topic: TOPICS.metrics.name,
  key: 'one-partition',
  headers: { ce_workspace: workspace, run },
  value: new Uint8Array(bytes),
});

const publications: Publication[] = [];
const push = (queue: SendQueue, one: LogRecord): void => {
  const publication = new Publication(1, 60_000);
  publication.answer.catch(() => undefined);
  publications.push(publication);
  queue.push(publication, [one]);
};
afterEach(() => {
  for (const publication of publications.splice(0))
    publication.reject(new Error('over') as Parameters<Publication['reject']>[0]);
});

it('lets a quiet workspace into the next request, however much another has waiting', () => {
  const queue = new SendQueue();
  for (let i = 0; i < 200; i++) push(queue, record('flood', `flood ${i}`, 500_000));
  for (const quiet of ['one', 'two']) push(queue, record(quiet, quiet, 1_000));
  const next = queue.take(1);
  const runs = next?.outgoing.map((one) => one.record.headers['run']);
  expect(runs).toEqual(expect.arrayContaining(['flood 0', 'one', 'two']));
  expect(runs?.filter((run) => run?.startsWith('flood'))).toEqual(
    Array.from({ length: (runs?.length ?? 0) - 2 }, (_, i) => `flood ${i}`),
  );
  next?.release();
});

it('passes over what has been answered already, and forgets it', () => {
  const queue = new SendQueue();
  for (const run of ['a', 'b', 'c']) push(queue, record('one', run, 10));
  publications[0]?.reject(new Error('late') as Parameters<Publication['reject']>[0]);
  publications[1]?.reject(new Error('late') as Parameters<Publication['reject']>[0]);
  const next = queue.take(1);
  expect(next?.outgoing.map((one) => one.record.headers['run'])).toEqual(['c']);
  next?.release();
  expect([queue.isEmpty, queue.bytes]).toEqual([true, 0]);
});
