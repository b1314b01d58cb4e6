import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readEventRecord } from '@runledger/contracts';
import { createLogger } from '@runledger/kernel';
import { openDataSource } from '@runledger/postgres';
import { createDatabase, eventually, spawnTypeScript, type TestDatabase, temporaryFolder } from '@runledger/testkit';
import type { DataSource } from 'typeorm';
import { appendOf, created, emptyJournal, RecordingLog, upTo } from '../test/journal-scene';
import type { Journal } from './journal';
import { openJournal } from './open-journal';
import { type Relay, type RelayParts, startRelay } from './relay';

let database: TestDatabase;
let source: DataSource;
let journal: Journal;
let relays: Relay[];

beforeAll(async () => {
  database = await createDatabase('relay');
  source = await openDataSource(database.url, { poolSize: 25 });
  journal = openJournal(source);
});
beforeEach(async () => {
  await emptyJournal(source);
  relays = [];
});
afterEach(() => Promise.all(relays.map((relay) => relay.stop())));
afterAll(async () => {
  await source.destroy();
  await database.drop();
});

function relayTo(log: RelayParts['log'], more: Partial<RelayParts> = {}): Relay {
  const relay = startRelay({ source, log, logger: createLogger('relay', 'silent'), backoffMs: 200, ...more });
  relays.push(relay);
  return relay;
}
const append = async (n: number, workspace = 'w1'): Promise<void> => {
  for (const i of upTo(n)) await journal.append(appendOf(`${workspace}-${i}-${Math.random()}`, { workspace }));
};
const relayed = async (workspace = 'w1'): Promise<number> => {
  const rows: Array<{ relayed: string }> = await source.query(
    'select relayed from custody.journal_head where workspace = $1',
    [workspace],
  );
  return Number(rows[0]?.relayed);
};
const isRelayed = (n: number, workspace = 'w1') =>
  eventually(async () => ((await relayed(workspace)) === n ? true : undefined));

it('publishes every event once, in order, as a record of the catalog', async () => {
  await journal.append(appendOf('e1', { events: [created('e1'), created('e1')] }));
  const log = new RecordingLog();
  relayTo(log);
  await isRelayed(2);
  expect(log.numbers()).toEqual([1, 2]);
  const [first] = log.records;
  expect(first).toMatchObject({ topic: 'runledger.catalog.v1', key: 'w1', headers: { ce_journalseq: '1' } });
  expect(first && readEventRecord(first)).toMatchObject({
    workspace: 'w1',
    subject: 'experiment/e1',
    actor: 'a1',
    // The record says once who decided.
    events: (await journal.load('w1', 'experiment/e1')).events.slice(0, 1).map(({ actor, ...event }) => {
      expect(actor).toBe('a1');
      return event;
    }),
  });
});

it('is woken by an append, and does not wait for its next look', async () => {
  const log = new RecordingLog();
  relayTo(log, { pollMs: 60_000 });
  await sleep(300);
  const began = performance.now();
  await append(1);
  await isRelayed(1);
  expect(performance.now() - began).toBeLessThan(3_000);
});

it('keeps the order of each workspace while many append at once', async () => {
  const log = new RecordingLog();
  relayTo(log);
  await Promise.all(upTo(8).flatMap(() => [append(10), append(5, 'w2')]));
  await isRelayed(80);
  await isRelayed(40, 'w2');
  expect(log.numbers('w1')).toEqual(upTo(80));
  expect(log.numbers('w2')).toEqual(upTo(40));
});

it('publishes a long backlog whole', async () => {
  await journal.append(appendOf('e1', { events: Array.from({ length: 1_234 }, () => created('e1')) }));
  const log = new RecordingLog();
  relayTo(log);
  await isRelayed(1_234);
  expect(log.numbers()).toEqual(upTo(1_234));
});

it('marks nothing before it is published, and publishes it again after a failure', async () => {
  await append(5);
  const log = new RecordingLog();
  let failures = 0;
  const marks: number[] = [];
  log.before = async () => {
    marks.push(await relayed());
    if (++failures <= 3) throw new Error('the log is away');
  };
  relayTo(log);
  await isRelayed(5);
  expect([log.numbers(), marks.slice(0, 4)]).toEqual([upTo(5), [0, 0, 0, 0]]);
});

it('is not kept back by a workspace whose events cannot be published', async () => {
  await append(2, 'a-bad-one');
  await append(3);
  const log = new RecordingLog();
  const publish = async (records: Parameters<RecordingLog['publish']>[0]): Promise<void> => {
    if (records[0]?.key === 'a-bad-one') throw new Error('too large');
    await log.publish(records);
  };
  relayTo({ publish });
  await isRelayed(3);
  expect([log.numbers(), await relayed('a-bad-one')]).toEqual([upTo(3), 0]);
});

it('skips nothing behind a transaction that is held open in the middle of numbering', async () => {
  await append(1);
  const log = new RecordingLog();
  const runner = source.createQueryRunner();
  await runner.startTransaction();
  await runner.query(`select journalseq from custody.journal_head where workspace = 'w1' for update`);
  await runner.query(`insert into custody.journal_event select workspace, 2, 'experiment/held', 1, 'held', type, time,
    dataversion, data, actor, recordedtime from custody.journal_event where workspace = 'w1'`);
  await runner.query(`update custody.journal_head set journalseq = 2 where workspace = 'w1'`);
  relayTo(log, { pollMs: 20 });
  const behind = append(3);
  await sleep(300);
  expect(new Set(log.numbers())).toEqual(new Set([1]));
  await runner.commitTransaction();
  await runner.release();
  await behind;
  await isRelayed(5);
  expect([...new Set(log.numbers())]).toEqual(upTo(5));
});

it('works one at a time, and another takes over when it stops', async () => {
  const [first, second] = [new RecordingLog(), new RecordingLog()];
  const one = relayTo(first, { pollMs: 50 });
  await append(1);
  await isRelayed(1);
  relayTo(second, { pollMs: 50 });
  await append(20);
  await isRelayed(21);
  expect([first.numbers(), second.numbers()]).toEqual([upTo(21), []]);
  await one.stop();
  await append(2);
  await isRelayed(23);
  expect([first.numbers(), second.numbers()]).toEqual([upTo(21), [22, 23]]);
});

it('goes on when its connection is cut', async () => {
  const log = new RecordingLog();
  relayTo(log, { pollMs: 60_000 });
  await append(1);
  await isRelayed(1);
  await source.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query ilike '%journal_head%' and pid <> pg_backend_pid() and state = 'idle'`);
  await append(2).catch(() => append(2)); // a connection of the pool may have been cut with it
  await eventually(async () => (log.numbers().includes(3) ? true : undefined));
  expect([...new Set(log.numbers())]).toEqual(upTo(Math.max(...log.numbers())));
});

it('finishes what it is publishing when it is stopped', async () => {
  const log = new RecordingLog();
  let finish: () => void = () => undefined;
  log.before = () => new Promise<void>((resolve) => (finish = resolve));
  const relay = relayTo(log);
  await append(1);
  await sleep(300);
  let stopped = false;
  const stopping = relay.stop().then(() => (stopped = true));
  await sleep(100);
  expect(stopped).toBe(false);
  finish();
  await stopping;
  expect([log.numbers(), await relayed()]).toEqual([[1], 1]);
});

it('killed between publish and mark, publishes again: twice in the log, nothing missing, order kept', async () => {
  const folder = temporaryFolder('relay');
  const file = join(folder.path, 'log');
  const program = join(__dirname, '../test/relay-process.ts');
  const numbers = (): number[] => {
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    return lines.map((line) => Number(line.split(' ')[1]));
  };
  await append(3);
  const killed = spawnTypeScript(program, [database.url, file, 'relay.after-publish']);
  expect(await killed.ended).toBe('SIGKILL');
  expect([numbers(), await relayed()]).toEqual([[1, 2, 3], 0]);

  await append(2);
  const next = spawnTypeScript(program, [database.url, file]);
  await isRelayed(5);
  expect(numbers()).toEqual([1, 2, 3, 1, 2, 3, 4, 5]);
  await next.stop();
  folder.remove();
});
