import { setTimeout as sleep } from 'node:timers/promises';
import { type LogRecord, partitionOf, TOPICS } from '@runledger/contracts';
import { createLogger } from '@runledger/kernel';
import { type KafkaServer, startKafka } from '@runledger/testkit';
import { Kafka, logLevel } from 'kafkajs';
import type { Log } from '../log';
import { openKafkaLog } from './kafka-log';

const { name: TOPIC, partitions: PARTITIONS } = TOPICS.metrics;
const RECORDS = 6_000;
const logger = createLogger('bus', 'silent');

let server: KafkaServer;
let log: Log;
/** What was published to each partition, in its order. */
const published: string[][] = Array.from({ length: PARTITIONS }, () => []);

beforeAll(async () => {
  server = await startKafka();
  log = await openKafkaLog({ brokers: server.brokers, logger });
  const records: LogRecord[] = Array.from({ length: RECORDS }, (_, i) => {
    const key = `default/run/${i % 500}`;
    published[partitionOf(key, PARTITIONS)]?.push(String(i));
    return { topic: TOPIC, key, headers: {}, value: Buffer.from(`${i}`.padEnd(1_000)) };
  });
  for (let at = 0; at < RECORDS; at += 200) await log.publish(records.slice(at, at + 200));
}, 120_000);
afterAll(async () => {
  await log.close();
  await server.stop();
}, 60_000);

async function valuesOf(
  partition: number,
  from: number,
  to: number,
  most = Number.POSITIVE_INFINITY,
): Promise<string[]> {
  const values: string[] = [];
  for await (const records of log.read(TOPIC, partition, from, to)) {
    values.push(...records.map(({ value }) => Buffer.from(value).toString().trim()));
    if (values.length >= most) break;
  }
  return values;
}

async function groups(): Promise<number> {
  const admin = new Kafka({ brokers: [...server.brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const { groups: all } = await admin.listGroups();
  await admin.disconnect();
  return all.filter(({ groupId }) => groupId.startsWith('runledger-read-')).length;
}

it('gives each reader what he asked for, whatever others read and leave half read, and joins once', async () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (seed >>> 8) % below;
  };
  for (let i = 0; i < 120; i++) {
    const partition = random(4);
    const all = published[partition] ?? [];
    const from = random(all.length);
    const to = from + random(all.length);
    const most = i % 3 === 0 ? 1 : Number.POSITIVE_INFINITY;
    const values = await valuesOf(partition, from, to, most);
    expect([i, values]).toEqual([i, all.slice(from, Math.min(to, most === 1 ? from + values.length : to))]);
  }
  expect(await groups()).toBe(1);
}, 120_000);

it('reads a partition for several at once, of whom none waits for another', async () => {
  const first = log.read(TOPIC, 0, 0, 1e9)[Symbol.asyncIterator]();
  const begun = await first.next();
  expect(await valuesOf(0, 3, 1e9)).toEqual(published[0]?.slice(3));
  const values = begun.done === true ? [] : begun.value.map(({ value }) => Buffer.from(value).toString().trim());
  for (let one = await first.next(); one.done !== true; one = await first.next())
    values.push(...one.value.map(({ value }) => Buffer.from(value).toString().trim()));
  expect(values).toEqual(published[0]);
  const all = await Promise.all(published.map((_, partition) => valuesOf(partition, 0, 1e9)));
  expect(all).toEqual(published);
  expect(await groups()).toBe(2);
}, 120_000);

it('ends a read when the log is closed, also one whose member has not joined yet', async () => {
  const other = await openKafkaLog({ brokers: server.brokers, logger });
  const next = () => other.read(TOPIC, 1, 0, 1e9)[Symbol.asyncIterator]().next();
  const unavailable = expect.objectContaining({ code: 'BUS_UNAVAILABLE' });
  const begun = expect(next()).rejects.toEqual(unavailable);
  await sleep(20); // the range is known, and the group asked to let a member in
  await other.close();
  await begun;
  await expect(next()).rejects.toEqual(unavailable);
}, 20_000);
