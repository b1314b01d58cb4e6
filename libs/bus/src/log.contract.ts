import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LogRecord, type Position, partitionOf, type Recorded, TOPICS } from '@runledger/contracts';
import { eventually, spawnTypeScript } from '@runledger/testkit';
import { type LeasedSink, openLeasedSink } from '../test/leased-sink';
import { type LogPlace, openPlace, SESSION_MS } from '../test/log-place';
import type { ConsumeTask, PublishTask } from '../test/log-process';
import type { Batch, Consumer, Log } from './log';

export type World = Readonly<{
  place: LogPlace;
  /** URL of a migrated database for leases; on Postgres the log's own. */
  database: string;
  /** Opens the log at the place, where the one under test stands before it. */
  open?(place: LogPlace): Promise<Log>;
  /** What is done to the log before each test. */
  before?(): Promise<void>;
  end(): Promise<void>;
}>;

const TOPIC = TOPICS.runs.name;
const PARTITIONS = TOPICS.runs.partitions;
const PROCESS = join(__dirname, '../test/log-process.ts');

let keys = 0;
/** A key that no test has used before, in a partition of the caller's choice. */
function keyIn(partition: number): string {
  for (;;) {
    const key = `default/run/${keys++}`;
    if (partitionOf(key, PARTITIONS) === partition) return key;
  }
}
const text = (key: string, value: string): LogRecord => ({ topic: TOPIC, key, headers: {}, value: Buffer.from(value) });
const textOf = (record: LogRecord): string => Buffer.from(record.value).toString();
const everyPartition = Array.from({ length: PARTITIONS }, (_, partition) => partition);

type Stretch = Readonly<{ topic?: string; partition: number; from: number; to?: number }>;
async function readAll(log: Log, { topic = TOPIC, partition, from, to = Number.MAX_SAFE_INTEGER }: Stretch) {
  const all: Recorded[] = [];
  for await (const records of log.read(topic, partition, from, to)) all.push(...records);
  return all;
}

let groups = 0;
const newGroup = (): string => `test-${groups++}`;
/** Where each group stands: offsets are the consumers' own affair, and a machine under load may move partitions. */
const store = new Map<string, number>();

/** Remembers everything that a consumer is told. */
function watcher(from: readonly Position[], group: string, more: Partial<Consumer> = {}) {
  const seen: Recorded[] = [];
  const batches: Batch[] = [];
  const owned = new Set<number>();
  const consumer: Consumer = {
    group,
    topics: [TOPIC],
    assigned: async (_topic, partition) => {
      owned.add(partition);
      return store.get(`${group}/${partition}`) ?? from.find((end) => end.partition === partition)?.offset ?? 0;
    },
    revoked: (_topic, partition) => void owned.delete(partition),
    onBatch: async (batch) => {
      store.set(`${group}/${batch.partition}`, (batch.records.at(-1)?.offset ?? -1) + 1);
      batches.push(batch);
      seen.push(...batch.records);
    },
    ...more,
  };
  return { consumer, seen, batches, owned, texts: () => seen.map(textOf) };
}

/** The behaviour of a log, whichever it is. One suite, run against every implementation with its real engine. */
export function logContract(name: string, begin: () => Promise<World>): void {
  describe(`the log on ${name}`, () => {
    let world: World;
    let log: Log;
    let ends: Position[];
    const opened: Log[] = [];
    const openOne = (): Promise<Log> => (world.open ?? openPlace)(world.place);
    const another = async (): Promise<Log> => {
      const one = await openOne();
      opened.push(one);
      return one;
    };

    beforeAll(async () => {
      world = await begin();
      log = await openOne();
    }, 120_000);
    afterAll(async () => {
      await log?.close();
      await world?.end();
    });
    beforeEach(async () => {
      await world.before?.();
      ends = await log.ends([TOPIC]);
    });
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((one) => one.close()));
    });

    describe('publishing', () => {
      it('answers positions in the order given, under which every byte is found again', async () => {
        const records = [
          ...everyPartition.map((p) => text(keyIn(p), `value ${p}`)),
          {
            topic: TOPIC,
            key: keyIn(2),
            headers: { empty: '', 'with "quotes\\"': 'ünï\n\u{1f680}' },
            value: randomBytes(7),
          },
          { topic: TOPIC, key: keyIn(2), headers: { a: 'b' }, value: new Uint8Array(0) },
          { topic: TOPIC, key: keyIn(3), headers: {}, value: Buffer.from(Array.from({ length: 256 }, (_, i) => i)) },
          { topic: TOPIC, key: keyIn(0), headers: {}, value: randomBytes(1024 * 1024) },
          { topic: TOPICS.catalog.name, key: 'default/catalog', headers: { n: '1' }, value: Buffer.from('{}') },
        ];
        const began = Date.now();
        const positions = await log.publish(records);
        expect(positions).toHaveLength(records.length);
        for (const [i, record] of records.entries()) {
          const { topic, partition, offset } = positions[i] as Position;
          expect({ topic, partition }).toEqual({ topic: record.topic, partition: partitionOf(record.key, PARTITIONS) });
          const [found] = await readAll(log, { topic, partition, from: offset, to: offset + 1 });
          const { value, appended, ...rest } = found as Recorded;
          expect(rest).toEqual({ topic, key: record.key, headers: record.headers, partition, offset });
          expect(Buffer.compare(value, record.value)).toBe(0);
          expect(Math.abs(appended - began)).toBeLessThan(30_000);
        }
      });

      it('keeps the order of a key within a call and between calls, without gaps', async () => {
        const mine = everyPartition.map((partition) => keyIn(partition));
        for (let call = 0; call < 10; call++)
          await Promise.all(
            mine.map((key) => log.publish([0, 1, 2].map((i) => text(key, `${key} ${String(call * 3 + i)}`)))),
          );
        for (const [partition, key] of mine.entries()) {
          const from = ends[partition]?.offset ?? 0;
          const records = await readAll(log, { partition, from });
          expect(records.map((r) => r.offset)).toEqual(records.map((_, i) => from + i));
          const order = records.filter((r) => r.key === key).map(textOf);
          expect(order).toEqual(Array.from({ length: 30 }, (_, i) => `${key} ${i}`));
        }
      });

      it('gives every one of many concurrent calls its own positions', async () => {
        const second = await another();
        const calls = await Promise.all(
          Array.from({ length: 200 }, async (_, i) => {
            const key = keyIn(i % PARTITIONS);
            const other = keyIn((i + 1) % PARTITIONS);
            const records = [text(key, `${i} a`), text(other, `${i} b`), text(key, `${i} c`)];
            return { records, positions: await (i % 2 ? log : second).publish(records) };
          }),
        );
        const stored = new Map<string, string>();
        for (const partition of everyPartition)
          for (const record of await readAll(log, { partition, from: ends[partition]?.offset ?? 0 }))
            stored.set(`${partition}/${record.offset}`, textOf(record));
        expect(stored.size).toBe(600);
        for (const { records, positions } of calls)
          for (const [i, record] of records.entries())
            expect(stored.get(`${positions[i]?.partition}/${positions[i]?.offset}`)).toBe(textOf(record));
      });

      it('refuses what it could not give back, and what is too large, and stores nothing of the call', async () => {
        const good = text(keyIn(0), 'good');
        const refused = (record: LogRecord) => log.publish([good, record]);
        await expect(refused(text('half \ud800', ''))).rejects.toMatchObject({ code: 'BUS_BAD_TEXT' });
        await expect(refused({ ...good, headers: { a: 'nul \0' } })).rejects.toMatchObject({ code: 'BUS_BAD_TEXT' });
        await expect(refused({ ...good, value: Buffer.alloc(16 * 1024 * 1024 + 1) })).rejects.toMatchObject({
          code: 'BUS_TOO_LARGE',
        });
        expect(await log.ends([TOPIC])).toEqual(ends);
        expect(await log.publish([])).toEqual([]);
      });

      it('has answered only for what survives kill -9 of the publishing process', async () => {
        const key = keyIn(4);
        const task: PublishTask = { place: world.place, topic: TOPIC, key, bytes: 20_000 };
        const publisher = spawnTypeScript(PROCESS, ['publish', JSON.stringify(task)]);
        await publisher.line(/acknowledged 40 /);
        publisher.kill('SIGKILL');
        await publisher.ended;
        const acknowledged = [...publisher.output().matchAll(/^acknowledged (\d+) at (\d+)$/gm)];
        expect(acknowledged.length).toBeGreaterThan(40);
        const stored = new Map(
          (await readAll(log, { partition: 4, from: 0 })).map((record) => [record.offset, record]),
        );
        for (const [, i, offset] of acknowledged) {
          const record = stored.get(Number(offset));
          expect(record).toMatchObject({ key, headers: { i } });
          expect(Buffer.from(record?.value ?? [])).toEqual(Buffer.alloc(20_000, `${key} ${i} `));
        }
      });
    });

    describe('reading', () => {
      it('reads from up to and without to, and ends where the partition ends', async () => {
        const key = keyIn(1);
        const positions = await log.publish(Array.from({ length: 50 }, (_, i) => text(key, String(i))));
        const first = positions[0]?.offset ?? 0;
        const offsets = (records: Recorded[]) => records.map((r) => r.offset - first);
        expect(offsets(await readAll(log, { partition: 1, from: first + 10, to: first + 13 }))).toEqual([10, 11, 12]);
        expect(offsets(await readAll(log, { partition: 1, from: first + 48 }))).toEqual([48, 49]);
        expect(await readAll(log, { partition: 1, from: first + 50 })).toEqual([]);
        expect(await readAll(log, { partition: 1, from: first + 5, to: first + 5 })).toEqual([]);
        const end = (await log.ends([TOPIC])).find(({ partition }) => partition === 1);
        expect(end).toEqual({ topic: TOPIC, partition: 1, offset: first + 50 });
      });

      it('finds the first record after any time, and the end where there is none', async () => {
        for (let i = 0; i < 12; i++) {
          await log.publish([text(keyIn(1), `${i}`), text(keyIn(2), `${i}`), text(keyIn(2), `${i} again`)]);
          await sleep(i % 3);
        }
        for (const partition of [0, 1, 2]) {
          const records = await readAll(log, { partition, from: 0 });
          const times = records.map(({ appended }) => appended);
          expect(times).toEqual([...times].sort((a, b) => a - b));
          for (const time of [0, ...times.slice(-12), Date.now() + 60_000]) {
            const found = (await log.offsetsAfter([TOPIC], time)).find((one) => one.partition === partition);
            const naive = records.find(({ appended }) => appended > time)?.offset ?? records.length;
            expect([partition, time, found?.offset]).toEqual([partition, time, naive]);
          }
        }
      });

      it('knows the end of every partition, and calls itself the same in every process', async () => {
        const both = await log.ends([TOPIC, TOPICS.dead.name]);
        expect(both.map(({ topic, partition }) => `${topic}/${partition}`).sort()).toEqual(
          [...everyPartition.map((p) => `${TOPIC}/${p}`), `${TOPICS.dead.name}/0`].sort(),
        );
        expect(log.incarnation).toMatch(/^.{8,64}$/);
        expect((await another()).incarnation).toBe(log.incarnation);
      });
    });

    describe('consuming', () => {
      it('brings every record once, in order, a partition at a time, from the offset that the consumer names', async () => {
        const before = everyPartition.map((partition) => text(keyIn(partition), 'before'));
        await log.publish(before);
        const from = await log.ends([TOPIC]);
        const watch = watcher(from, newGroup(), { maxRecords: 7 });
        const some = (n: number) => everyPartition.flatMap((p) => Array.from({ length: n }, () => text(keyIn(p), 'x')));
        await log.publish(some(20));
        const consumption = await log.consume(watch.consumer);
        await log.publish(some(20));
        await eventually(() => watch.seen.length >= 40 * PARTITIONS);
        await consumption.stop();
        for (const batch of watch.batches) {
          expect(batch.records.length).toBeLessThanOrEqual(7);
          expect(new Set(batch.records.map((r) => r.partition))).toEqual(new Set([batch.partition]));
        }
        for (const { partition, offset } of from) {
          const offsets = watch.seen.filter((r) => r.partition === partition).map((r) => r.offset);
          expect(offsets).toEqual(Array.from({ length: 40 }, (_, i) => offset + i));
        }
        expect(watch.owned.size).toBe(0);
      });

      it('cuts batches by bytes, and gives a large record alone', async () => {
        const key = keyIn(5);
        await log.publish(
          Array.from({ length: 9 }, (_, i) => ({ ...text(key, ''), value: Buffer.alloc(i === 4 ? 90_000 : 10_000) })),
        );
        const watch = watcher(ends, newGroup(), { maxBytes: 30_000 });
        const consumption = await log.consume(watch.consumer);
        await eventually(() => watch.seen.length === 9);
        await consumption.stop();
        const sizes = watch.batches.map((b) => b.records.reduce((sum, r) => sum + r.value.length, 0));
        expect(sizes.filter((size) => size > 30_000)).toEqual([90_000]);
      });

      it('wakes a waiting consumer at once, also for what another process published', async () => {
        const watch = watcher(ends, newGroup());
        const consumption = await log.consume(watch.consumer);
        const elsewhere = await another();
        await sleep(300);
        for (const from of [log, elsewhere]) {
          const { length } = watch.seen;
          const began = performance.now();
          await from.publish([text(keyIn(3), 'wake up')]);
          await eventually(() => watch.seen.length > length, 5_000, 2);
          expect(performance.now() - began).toBeLessThan(500);
        }
        await consumption.stop();
      });

      it('brings a batch that failed again with the same records, while the other partitions go on', async () => {
        const attempts: string[][] = [];
        const watch = watcher(ends, newGroup());
        const consumer: Consumer = {
          ...watch.consumer,
          onBatch: async (batch) => {
            if (batch.partition === 2 && attempts.length < 3) {
              attempts.push(batch.records.map(textOf));
              throw new Error('not this time');
            }
            await watch.consumer.onBatch(batch);
          },
        };
        await log.publish([text(keyIn(2), 'one'), text(keyIn(2), 'two'), text(keyIn(0), 'zero')]);
        const consumption = await log.consume(consumer);
        await eventually(() => attempts.length === 1);
        for (let i = 0; i < 5; i++) {
          await log.publish([text(keyIn(0), `more ${i}`)]);
          await eventually(() => watch.texts().includes(`more ${i}`), 2_000);
        }
        await log.publish([text(keyIn(2), 'three')]);
        await eventually(() => watch.seen.length === 9);
        await consumption.stop();
        expect(attempts[0]?.slice(0, 1)).toEqual(['one']);
        expect(attempts).toEqual([attempts[0], attempts[0], attempts[0]]);
        expect(watch.seen.filter((r) => r.partition === 2).map(textOf)).toEqual(['one', 'two', 'three']);
      });

      it('delivers nothing from an offset that it does not have, and asks again', async () => {
        let asked = 0;
        const watch = watcher(ends, newGroup());
        const end = ends.find(({ partition }) => partition === 1)?.offset ?? 0;
        const consumption = await log.consume({
          ...watch.consumer,
          assigned: async (topic, partition) => {
            const start = await watch.consumer.assigned(topic, partition);
            return partition === 1 && asked++ < 2 ? end + 1_000 : start;
          },
        });
        await log.publish([text(keyIn(1), 'not to be skipped')]);
        await eventually(() => watch.seen.length === 1);
        await consumption.stop();
        expect(watch.texts()).toEqual(['not to be skipped']);
      });

      it('assigns a partition anew to a member that has lost it to nobody, and brings the records again', async () => {
        let assigned = 0;
        let isLost = false;
        const watch = watcher(ends, newGroup());
        const consumption = await log.consume({
          ...watch.consumer,
          assigned: async (topic, partition) => {
            if (partition === 0) assigned++;
            return watch.consumer.assigned(topic, partition);
          },
          onBatch: async (batch) => {
            if (batch.partition !== 0 || isLost) return watch.consumer.onBatch(batch);
            isLost = true;
            batch.lost();
          },
        });
        await log.publish([text(keyIn(0), 'not to be forgotten')]);
        await eventually(() => watch.seen.length === 1);
        await consumption.stop();
        expect([isLost, watch.texts()]).toEqual([true, ['not to be forgotten']]);
        // Once more at least: on a busy machine a member loses a lease by itself, too.
        expect(assigned).toBeGreaterThanOrEqual(2);
      });

      it('stops only when the batch under way has ended, which it does not call stale', async () => {
        let ended: boolean | undefined;
        const watch = watcher(ends, newGroup(), {
          onBatch: async (batch) => {
            ended = false;
            await sleep(500);
            expect(batch.stale()).toBe(false);
            ended = true;
          },
        });
        const consumption = await log.consume(watch.consumer);
        await log.publish([text(keyIn(0), 'slow')]);
        await eventually(() => ended === false);
        await consumption.stop();
        expect(ended).toBe(true);
      });

      it('shares the partitions between two consumers, each to one, and moves them when one leaves', async () => {
        const name = newGroup();
        const one = watcher(ends, name);
        const two = watcher(ends, name);
        const other = await another();
        const first = await log.consume(one.consumer);
        await eventually(() => one.owned.size === PARTITIONS);
        const second = await other.consume(two.consumer);
        const isShared = () =>
          one.owned.size === PARTITIONS / 2 && new Set([...one.owned, ...two.owned]).size === PARTITIONS;
        await eventually(isShared);
        await log.publish(everyPartition.map((p) => text(keyIn(p), 'shared')));
        await eventually(() => one.seen.length + two.seen.length === PARTITIONS);
        expect(new Set([...one.seen, ...two.seen].map((r) => r.partition)).size).toBe(PARTITIONS);
        expect(one.seen.every((r) => one.owned.has(r.partition))).toBe(true);

        await second.stop();
        await eventually(() => one.owned.size === PARTITIONS);
        const { length } = two.seen;
        await log.publish(everyPartition.map((p) => text(keyIn(p), 'all mine')));
        await eventually(() => one.texts().filter((t) => t === 'all mine').length === PARTITIONS);
        expect(two.seen.length).toBe(length);
        await first.stop();
      });
    });

    describe('a consumer with a lease', () => {
      let sink: LeasedSink;
      let from: ReadonlyArray<readonly [string, number]>;
      const task = (name: string, of: string, holdMs: number): [string, string] => {
        const { place, database } = world;
        const it: ConsumeTask = { place, database, topic: TOPIC, group: of, name, holdMs, maxRecords: 4, from };
        return ['consume', JSON.stringify(it)];
      };
      beforeEach(async () => {
        from = ends.map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset] as const);
        sink = await openLeasedSink(world.database, 'here', new Map(from));
        await sink.clear();
      });
      afterEach(() => sink.close());

      it('resumes from its own offset after kill -9: nothing lost, nothing twice', async () => {
        const name = newGroup();
        const wanted = everyPartition.flatMap((p) => Array.from({ length: 20 }, (_, i) => text(keyIn(p), `${p} ${i}`)));
        await log.publish(wanted);
        for (const life of [1, 2]) {
          const doomed = spawnTypeScript(PROCESS, task(`life ${life}`, name, 40));
          await doomed.line(/(holding[^]*){8}/);
          doomed.kill('SIGKILL');
          await doomed.ended;
        }
        const consumption = await log.consume(sink.consumer(name, TOPIC));
        const rows = await eventually(async () => {
          const found = await sink.rows(TOPIC);
          return found.length >= wanted.length ? found : undefined;
        });
        await consumption.stop();
        expect(rows.map((row) => row.text).sort()).toEqual(wanted.map(textOf).sort());
        expect(new Set(rows.map((row) => row.writer)).size).toBeGreaterThan(1);
      });

      it('writes nothing as a zombie: stopped past its session, then woken', async () => {
        const name = newGroup();
        const zombie = spawnTypeScript(PROCESS, task('zombie', name, 200));
        await zombie.line(/consuming/);
        const wanted = everyPartition.flatMap((p) => Array.from({ length: 12 }, (_, i) => text(keyIn(p), `${p} ${i}`)));
        await log.publish(wanted);
        await zombie.line(/holding/);
        zombie.kill('SIGSTOP');
        const before = (await sink.rows(TOPIC)).length;

        const consumption = await log.consume(sink.consumer(name, TOPIC));
        const missing = (): Promise<boolean> => sink.rows(TOPIC).then((rows) => rows.length < wanted.length);
        await eventually(async () => !(await missing()), SESSION_MS * 10);
        zombie.kill('SIGCONT');
        await zombie.line(/failed POSTGRES_LOST_LEASE stale=true/);
        const rows = await sink.rows(TOPIC);
        expect(rows.map((row) => row.text).sort()).toEqual(wanted.map(textOf).sort());
        expect(rows.filter((row) => row.writer === 'zombie')).toHaveLength(before);

        // It is a member again, and a good one.
        await eventually(async () => {
          await log.publish(everyPartition.map((p) => text(keyIn(p), 'afterwards')));
          await sleep(300);
          return (await sink.rows(TOPIC)).some((row) => row.writer === 'zombie' && row.text === 'afterwards');
        }, SESSION_MS * 10);
        zombie.kill('SIGKILL');
        await zombie.ended;
        await consumption.stop();
        const places = (await sink.rows(TOPIC)).map((row) => `${row.partition}/${row.off}`);
        expect(new Set(places).size).toBe(places.length);
      });
    });
  });
}
