import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LogRecord, type Position, partitionOf, TOPICS } from '@runledger/contracts';
import { createLogger, isFault } from '@runledger/kernel';
import { migratePostgres, openDataSource } from '@runledger/postgres';
import {
  createDatabase,
  eventually,
  spawnTypeScript,
  startPostgres,
  type TestDatabase,
  temporaryFolder,
} from '@runledger/testkit';
import { Client, DatabaseError } from 'pg';
import type { Log } from '../log';
import { faultOf } from './connection';
import { openPostgresLog, type PostgresLogOptions } from './postgres-log';

const TOPIC = TOPICS.metrics.name;
const PARTITIONS = TOPICS.metrics.partitions;
const logger = createLogger('bus', 'silent');

let keys = 0;
function record(partition: number, text: string, bytes = 0): LogRecord {
  let key: string;
  do key = `default/run/${keys++}`;
  while (partitionOf(key, PARTITIONS) !== partition);
  const value = bytes > 0 ? Buffer.alloc(bytes, text) : Buffer.from(text);
  return { topic: TOPIC, key, headers: { text }, value };
}

async function textsOf(log: Log, partition: number): Promise<string[]> {
  const texts: string[] = [];
  for await (const records of log.read(TOPIC, partition, 0, 1e9))
    texts.push(...records.map((r) => r.headers.text ?? ''));
  return texts;
}

describe('the log on Postgres, when things go wrong', () => {
  let database: TestDatabase;
  let log: Log;
  let other: Client;
  const open = async (more: Partial<PostgresLogOptions> = {}): Promise<Log> => {
    await log?.close();
    log = await openPostgresLog({ url: database.url, logger, ...more });
    return log;
  };
  beforeEach(async () => {
    database = await createDatabase('bus_faults');
    other = new Client({ connectionString: database.url });
    other.on('error', () => undefined);
    await other.connect();
  });
  afterEach(async () => {
    await log?.close();
    await other.end();
    await database.drop();
  });

  it('has committed what it acknowledges: another connection sees it, and commits are synchronous', async () => {
    await other.query(`
      alter database ${database.name} set synchronous_commit = off;
      create table seen (setting text);
      create function note() returns trigger language plpgsql as $$ begin
        insert into public.seen values (current_setting('synchronous_commit'));
        return new;
      end $$;
      create trigger note before insert on custody.log_record for each row execute function note()`);
    await open();
    for (let i = 0; i < 20; i++) {
      const [position] = (await log.publish([record(i % 2, `durable ${i}`)])) as [Position];
      const { rowCount } = await other.query(
        `select from custody.log_record where topic = $1 and partition = $2 and off = $3 and headers->>'text' = $4`,
        [TOPIC, position.partition, position.offset, `durable ${i}`],
      );
      expect(rowCount).toBe(1);
    }
    const { rows } = await other.query('select distinct setting from seen');
    expect(rows).toEqual([{ setting: 'on' }]);
  });

  it('lets no reader pass an offset that an open transaction has taken', async () => {
    await open();
    await log.publish([record(0, 'before'), record(1, 'elsewhere')]);
    await other.query('begin');
    const taken = await other.query(
      `update custody.log_partition set next_offset = next_offset + 1 where topic = $1 and partition = 0
       returning next_offset - 1 as off`,
      [TOPIC],
    );
    await other.query(
      `insert into custody.log_record (topic, partition, off, key, headers, value)
       values ($1, 0, $2, 'held', '{"text":"held open"}', '')`,
      [TOPIC, taken.rows[0].off],
    );
    const seen: string[] = [];
    const consumption = await log.consume({
      group: 'g',
      topics: [TOPIC],
      assigned: async () => 0,
      onBatch: async ({ records }) => void seen.push(...records.map((r) => r.headers.text ?? '')),
    });
    let isPublished = false;
    const behind = log.publish([record(0, 'behind')]).then(() => {
      isPublished = true;
    });
    await log.publish([record(1, 'still flowing')]);
    await eventually(() => seen.includes('still flowing'));
    await sleep(300);
    expect(isPublished).toBe(false);
    expect(seen.sort()).toEqual(['before', 'elsewhere', 'still flowing']);
    expect(await textsOf(log, 0)).toEqual(['before']);
    expect(await log.ends([TOPIC])).toContainEqual({ topic: TOPIC, partition: 0, offset: 1 });

    await other.query('commit');
    await behind;
    await eventually(() => seen.includes('behind'));
    expect(await textsOf(log, 0)).toEqual(['before', 'held open', 'behind']);
    expect(seen.indexOf('held open')).toBeLessThan(seen.indexOf('behind'));
    await consumption.stop();
  });

  it('leaves no gap where a transaction was rolled back', async () => {
    await open();
    await other.query('begin');
    await other.query(`update custody.log_partition set next_offset = next_offset + 5 where topic = $1`, [TOPIC]);
    const behind = log.publish([record(0, 'first')]);
    await sleep(100);
    await other.query('rollback');
    expect(await behind).toEqual([{ topic: TOPIC, partition: 0, offset: 0 }]);
  });

  it('does not deadlock when several processes publish to many partitions at once', async () => {
    const logs = await Promise.all([1, 2, 3].map(() => openPostgresLog({ url: database.url, logger, writers: 2 })));
    const before = await deadlocks();
    const calls = logs.flatMap((one) =>
      Array.from({ length: 100 }, (_, i) =>
        one.publish(Array.from({ length: PARTITIONS }, (_, p) => record((p * 5 + i) % PARTITIONS, 'x'))),
      ),
    );
    expect((await Promise.all(calls)).flat()).toHaveLength(3 * 100 * PARTITIONS);
    expect(await logs[0]?.ends([TOPIC])).toEqual(
      Array.from({ length: PARTITIONS }, (_, partition) => ({ topic: TOPIC, partition, offset: 300 })),
    );
    await Promise.all(logs.map((one) => one.close()));
    expect(await deadlocks()).toBe(before);
  });

  it('is not held up by a publisher that is stopped in the middle', async () => {
    await open();
    const task = {
      place: { kind: 'postgres', url: database.url },
      topic: TOPIC,
      key: record(0, '').key,
      bytes: 200_000,
    };
    const file = join(__dirname, '../../test/log-process.ts');
    const publisher = spawnTypeScript(file, ['publish', JSON.stringify(task)]);
    await publisher.line(/acknowledged 5 /);
    for (let i = 0; i < 15; i++) {
      publisher.kill('SIGSTOP');
      const began = performance.now();
      await log.publish([record(0, 'beside it')]);
      expect(performance.now() - began).toBeLessThan(1_000);
      publisher.kill('SIGCONT');
      await sleep(5 + i);
    }
    publisher.kill('SIGKILL');
    await publisher.ended;
  });

  it('takes its partitions anew when it missed that another member had come and gone, or was put out itself', async () => {
    await open();
    const taken: number[] = [];
    const given: number[] = [];
    const consumption = await log.consume({
      group: 'g',
      topics: [TOPIC],
      assigned: async (_, partition) => {
        taken.push(partition);
        return 0;
      },
      onBatch: async () => undefined,
      revoked: (_, partition) => void given.push(partition),
    });
    await eventually(() => taken.length === PARTITIONS);
    await other.query(`update custody.log_group set generation = generation + 2 where group_name = 'g'`);
    await eventually(() => taken.length === 2 * PARTITIONS && given.length === PARTITIONS);
    await other.query(`delete from custody.log_member`);
    await eventually(() => taken.length === 3 * PARTITIONS && given.length === 2 * PARTITIONS);
    await other.query(`update custody.log_group set generation = generation + 1 where group_name = 'g'`);
    await sleep(1_500);
    expect(taken.length).toBe(3 * PARTITIONS);
    await consumption.stop();
  });

  it('brings again what a consumer dropped because it had to fear for its partition, and had it still', async () => {
    await open({ sessionMs: 600, beatMs: 100 });
    const stored: string[] = [];
    let next = 0;
    let dropped = 0;
    const consumption = await log.consume({
      group: 'g',
      topics: [TOPIC],
      assigned: async (_, partition) => (partition === 0 ? next : 0),
      onBatch: async (batch) => {
        if (dropped === 0) {
          await eventually(() => batch.stale());
          dropped = batch.records.length;
          return;
        }
        next = (batch.records.at(-1)?.offset ?? 0) + 1;
        stored.push(...batch.records.map((r) => r.headers.text ?? ''));
      },
    });
    await other.query('begin; lock table custody.log_member');
    await log.publish([record(0, 'one'), record(0, 'two')]);
    await eventually(() => dropped > 0);
    await log.publish([record(0, 'three')]);
    await other.query('commit');
    await eventually(() => stored.includes('three'));
    expect(stored).toEqual(['one', 'two', 'three']);
    await consumption.stop();
  });

  it('refuses more than it may hold, says when to try again, and takes the rest when there is room', async () => {
    await open({ maxWaitingBytes: 1_000_000, writers: 1 });
    await other.query('begin');
    await other.query(`select from custody.log_partition where topic = $1 for update`, [TOPIC]);
    const accepted = [log.publish([record(0, 'a', 600_000)]), log.publish([record(1, 'b', 300_000)])];
    await expect(log.publish([record(2, 'c', 200_000)])).rejects.toMatchObject({
      kind: 'overloaded',
      code: 'BUS_OVERLOADED',
      context: { retryAfter: 1 },
    });
    await other.query('rollback');
    await Promise.all(accepted);
    await log.publish([record(2, 'c', 200_000)]);
    await log.publish([record(3, 'larger than all the room, but alone', 3_000_000)]);
  });

  it('rejects when an answer takes too long, and works again afterwards', async () => {
    await open({ deadlineMs: 400 });
    await other.query('begin');
    await other.query(`select from custody.log_partition where topic = $1 for update`, [TOPIC]);
    const began = performance.now();
    const all = await Promise.allSettled([0, 1, 2].map((p) => log.publish([record(p, 'late')])));
    expect(performance.now() - began).toBeLessThan(2_000);
    for (const one of all) expect(one).toMatchObject({ status: 'rejected', reason: { code: 'BUS_UNAVAILABLE' } });
    await other.query('rollback');
    await eventually(() => log.publish([record(0, 'after')]));
    expect((await textsOf(log, 0)).at(-1)).toBe('after');
  });

  it('never resolves what a broken connection lost, and goes on by itself; consumers too', async () => {
    await open({ pollMs: 60_000, beatMs: 200 });
    const seen: string[] = [];
    const consumption = await log.consume({
      group: 'g',
      topics: [TOPIC],
      assigned: async () => 0,
      onBatch: async ({ records }) => void seen.push(...records.map((r) => r.headers.text ?? '')),
    });
    const acknowledged: string[] = [];
    const failures: unknown[] = [];
    let isOver = false;
    const streams = Array.from({ length: 8 }, async (_, s) => {
      for (let i = 0; !isOver; i++) {
        const text = `${s}-${i}`;
        await log.publish([record((s + i) % PARTITIONS, text, 2_000)]).then(
          () => acknowledged.push(text),
          (error: unknown) => failures.push(error),
        );
      }
    });
    for (let i = 0; i < 5; i++) {
      await sleep(150);
      await other.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name like 'runledger-log%' and datname = current_database()`,
      );
    }
    isOver = true;
    await Promise.all(streams);
    await eventually(() => log.publish([record(0, 'after all')]));
    expect(failures.every((error) => isFault(error) && error.code === 'BUS_UNAVAILABLE')).toBe(true);
    const stored = (await Promise.all([0, 1, 2, 3, 4, 5].map((p) => textsOf(log, p)))).flat();
    expect(acknowledged.length).toBeGreaterThan(100);
    expect(acknowledged.filter((text) => !stored.includes(text))).toEqual([]);
    await eventually(() => seen.length === stored.length);
    expect(seen.sort()).toEqual(stored.sort());
    await consumption.stop();
  });

  it('has everything that it acknowledged after kill -9 of Postgres, and says at once that it is away', async () => {
    const folder = temporaryFolder('bus');
    const start = (port?: number) =>
      startPostgres({ own: true, durable: true, dataDir: folder.path, ...(port === undefined ? {} : { port }) });
    const server = await start();
    const source = await openDataSource(server.url);
    await migratePostgres(source);
    await source.destroy();
    const own = await openPostgresLog({ url: server.url, logger });
    const acknowledged: string[] = [];
    const publish = async (text: string) => {
      await own.publish([record(0, text, 5_000)]);
      acknowledged.push(text);
    };
    let isDown = false;
    const stream = (async () => {
      for (let i = 0; !isDown; i++) await publish(`before ${i}`).catch(() => undefined);
    })();
    await eventually(() => acknowledged.length > 50);
    process.kill(server.pid, 'SIGKILL');
    await sleep(50);
    isDown = true;
    await stream;
    const began = performance.now();
    for (let i = 0; i < 20; i++)
      await expect(publish('while it is away')).rejects.toMatchObject({ kind: 'unavailable' });
    expect(performance.now() - began).toBeLessThan(3_000);

    const again = await eventually(() => start(Number(new URL(server.url).port)), 30_000, 200);
    await eventually(() => publish('after').then(() => true));
    const stored = await textsOf(own, 0);
    expect(acknowledged.filter((text) => !stored.includes(text))).toEqual([]);
    await own.close();
    await again.stop();
    folder.remove();
  });

  it('spares whoever was combined with a record that Postgres cannot take', async () => {
    await open({ writers: 1 });
    await other.query('alter table custody.log_metrics_v1 add constraint no_poison check (octet_length(value) <> 13)');
    await other.query('begin');
    await other.query(`select from custody.log_partition where topic = $1 for update`, [TOPIC]);
    const first = log.publish([record(0, 'occupies the writer')]);
    await sleep(50);
    const together = [record(0, 'good'), { ...record(0, ''), value: Buffer.alloc(13) }, record(1, 'fine')];
    const all = Promise.allSettled(together.map((one) => log.publish([one])));
    await other.query('rollback');
    await first;
    expect((await all).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await textsOf(log, 0)).toEqual(['occupies the writer', 'good']);
  });

  it('refuses a database without a log, and one whose log is another than the one it opened', async () => {
    const admin = new URL(database.url);
    admin.pathname = '/postgres';
    await expect(openPostgresLog({ url: admin.href, logger })).rejects.toMatchObject({ code: 'BUS_NOT_MIGRATED' });
    await open();
    await other.query(`update custody.log_incarnation set id = 'another'`);
    await other.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'runledger-log' and datname = current_database()`,
    );
    await eventually(async () => {
      const error = await log.publish([record(0, 'x')]).catch((e: unknown) => e);
      return isFault(error) && error.message.includes('another log');
    });
  });

  it('tells a full disk from the rest', () => {
    const full = new DatabaseError('could not extend file', 0, 'error');
    full.code = '53100';
    expect(faultOf(full)).toMatchObject({ kind: 'full', code: 'BUS_FULL' });
    expect(faultOf(new Error('read ECONNRESET'))).toMatchObject({ kind: 'unavailable', code: 'BUS_UNAVAILABLE' });
  });

  async function deadlocks(): Promise<number> {
    await other.query('select pg_stat_force_next_flush()');
    const { rows } = await other.query(`select deadlocks from pg_stat_database where datname = current_database()`);
    return Number(rows[0].deadlocks);
  }
});
