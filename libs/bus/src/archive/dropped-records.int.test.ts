import { gunzipSync, gzipSync } from 'node:zlib';
import { type LogRecord, partitionOf, type Recorded, TOPICS } from '@runledger/contracts';
import { createDatabase, eventually, startKafka } from '@runledger/testkit';
import { archiveInMemory } from '../../test/archive-in-memory';
import { type LogPlace, openPlace } from '../../test/log-place';
import type { Consumer, Log, NativeLog } from '../log';
import { createArchivedLog } from './archived-log';
import { createArchivedRecords } from './archived-records';

const { name: TOPIC, partitions: PARTITIONS } = TOPICS.runs;
const PARTITION = 3;
const KEY = Array.from({ length: 1_000 }, (_, i) => `default/run/${i}`).find(
  (key) => partitionOf(key, PARTITIONS) === PARTITION,
) as string;
const record = (i: number): LogRecord => ({
  topic: TOPIC,
  key: KEY,
  headers: { i: `${i}` },
  value: Buffer.alloc(2_000, `${i} `),
});
const plain = ({ value, ...rest }: Recorded) => ({ ...rest, value: Buffer.from(value).toString() });

async function allOf(log: Pick<Log, 'read'>, from = 0, to = Number.MAX_SAFE_INTEGER) {
  const all: Recorded[] = [];
  for await (const records of log.read(TOPIC, PARTITION, from, to)) all.push(...records);
  return all.map(plain);
}

type Place = Readonly<{ place: LogPlace; end(): Promise<void> }>;

describe.each<[string, () => Promise<Place>]>([
  [
    'Postgres',
    async () => {
      const { url, drop } = await createDatabase('bus');
      return { place: { kind: 'postgres', url, tailBytes: 0 }, end: drop };
    },
  ],
  [
    'Kafka',
    async () => {
      const kafka = await startKafka({ settings: { 'group.min.session.timeout.ms': '1000' } });
      return { place: { kind: 'kafka', brokers: kafka.brokers }, end: () => kafka.stop() };
    },
  ],
])('records that were dropped from the log on %s', (_, begin) => {
  let own: Place;
  let native: NativeLog;
  let before: ReturnType<typeof plain>[];
  const archive = archiveInMemory();
  const openArchived = () => createArchivedLog(native, createArchivedRecords(archive.files, archive.catalog));
  const moveUpTo = (offset: number) => archive.move(native, [{ topic: TOPIC, partition: PARTITION, offset }]);
  const startNow = async () => (await native.starts([TOPIC])).find(({ partition }) => partition === PARTITION)?.offset;

  beforeAll(async () => {
    own = await begin();
    native = await openPlace(own.place);
    for (let i = 0; i < 200; i += 20) await native.publish(Array.from({ length: 20 }, (_, j) => record(i + j)));
    before = await allOf(native);
    await moveUpTo(100);
  }, 120_000);
  afterAll(async () => {
    await native?.close();
    await own?.end();
  });

  it('are refused by the log, and found again through the archive', async () => {
    expect(before).toHaveLength(200);
    expect(await startNow()).toBe(100);
    await expect(allOf(native)).rejects.toMatchObject({ code: 'BUS_OFFSET_OUT_OF_RANGE' });
    await expect(allOf(native, 10, 20)).rejects.toMatchObject({ code: 'BUS_OFFSET_OUT_OF_RANGE' });
    expect(await allOf(native, 100)).toEqual(before.slice(100));
    const log = openArchived();
    expect(await allOf(log)).toEqual(before);
    for (const [from, to] of [
      [10, 20],
      [0, 1],
      [39, 41],
      [95, 105],
      [99, 100],
      [100, 101],
      [150, 400],
    ] as const)
      expect([from, to, await allOf(log, from, to)]).toEqual([from, to, before.slice(from, to)]);
    expect(await allOf(log, 200)).toEqual([]);
  });

  it('are dropped once, and never beyond the end', async () => {
    const drop = (offset: number) => native.drop({ topic: TOPIC, partition: PARTITION, offset });
    await drop(50);
    await drop(100);
    expect(await startNow()).toBe(100);
    const other = { topic: TOPIC, partition: (PARTITION + 1) % PARTITIONS };
    await native.drop({ ...other, offset: 1_000 });
    expect(await native.starts([TOPIC])).toContainEqual({ ...other, offset: 0 });
  });

  it('are brought to a consumer that begins before the log does, once and in order, also when a batch fails', async () => {
    let next = 0;
    let failures = 0;
    const seen: Recorded[] = [];
    const sizes: number[] = [];
    const consumer: Consumer = {
      group: 'from the start',
      topics: [TOPIC],
      maxRecords: 7,
      assigned: async (_topic, partition) => (partition === PARTITION ? next : 0),
      onBatch: async ({ partition, records }) => {
        if (partition !== PARTITION) return;
        if (records.some(({ offset }) => offset === 60) && failures++ < 2) throw new Error('not this time');
        seen.push(...records);
        sizes.push(records.length);
        next = (records.at(-1)?.offset ?? 0) + 1;
      },
    };
    const consumption = await openArchived().consume(consumer);
    await eventually(() => seen.length >= 200);
    await consumption.stop();
    expect(seen.map(plain)).toEqual(before);
    expect(failures).toBe(3);
    expect(Math.max(...sizes)).toBe(7);
  });

  it('may go while they are read', async () => {
    const log = openArchived();
    const found: Recorded[] = [];
    for await (const records of log.read(TOPIC, PARTITION, 90, 200)) {
      if (found.length === 0) await moveUpTo(160);
      found.push(...records);
    }
    expect(found.map(plain)).toEqual(before.slice(90));
    expect(await startNow()).toBe(160);
    await expect(allOf(native, 100)).rejects.toMatchObject({ code: 'BUS_OFFSET_OUT_OF_RANGE' });
  });

  it('have their times', async () => {
    const log = openArchived();
    for (const i of [0, 39, 40, 99, 120, 159, 160, 199]) {
      const time = before[i]?.appended ?? 0;
      for (const asked of [time - 1, time]) {
        const found = (await log.offsetsAfter([TOPIC], asked)).find(({ partition }) => partition === PARTITION);
        const expected = before.find(({ appended }) => appended > asked)?.offset ?? 200;
        expect([i, asked, found?.offset]).toEqual([i, asked, expected]);
      }
    }
  });

  it('are missed by name where the archive does not have them as they were', async () => {
    const range = archive.ranges[1];
    if (range === undefined) throw new Error('there are several');
    const digest = `sha256:${range.digest}`;
    const whole = archive.bytes.get(digest) as Buffer;
    const named = expect.stringContaining(`offsets 40 to 79 of ${TOPIC}/${PARTITION}`);
    const swapped = archive.bytes.get(`sha256:${archive.ranges[0]?.digest}`) as Buffer;
    const flipped = Buffer.from(whole);
    flipped[flipped.length >> 1] = (flipped[flipped.length >> 1] ?? 0) ^ 1;
    for (const altered of [flipped, swapped, whole.subarray(1), gzipSync(gunzipSync(whole), { level: 1 })]) {
      archive.bytes.set(digest, altered);
      await expect(allOf(openArchived())).rejects.toMatchObject({ code: 'ARCHIVE_ALTERED', message: named });
    }
    archive.bytes.delete(digest);
    await expect(allOf(openArchived())).rejects.toMatchObject({ code: 'ARCHIVE_MISSING', message: named });
    const [lost] = archive.ranges.splice(1, 1);
    await expect(allOf(openArchived())).rejects.toMatchObject({ code: 'ARCHIVE_MISSING' });
    archive.ranges.splice(1, 0, lost as typeof range);
    archive.bytes.set(digest, whole);
    expect(await allOf(openArchived())).toEqual(before);
  });
});
