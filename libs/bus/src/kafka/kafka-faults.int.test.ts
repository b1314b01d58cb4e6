import { setTimeout as sleep } from 'node:timers/promises';
import { type LogRecord, partitionOf, TOPICS } from '@runledger/contracts';
import { createLogger, isFault } from '@runledger/kernel';
import { eventually, freePort, type KafkaServer, startKafka } from '@runledger/testkit';
import { Kafka, logLevel } from 'kafkajs';
import { openCuttingProxy } from '../../test/cutting-proxy';
import type { Consumer, Log } from '../log';
import { type KafkaLogOptions, openKafkaLog } from './kafka-log';

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

const allTexts = async (log: Log): Promise<string[]> =>
  (await Promise.all(Array.from({ length: PARTITIONS }, (_, p) => textsOf(log, p)))).flat();

describe('the log on Kafka, when things go wrong', () => {
  let server: KafkaServer;
  let log: Log;
  const opened: Log[] = [];
  const open = async (more: Partial<KafkaLogOptions> = {}): Promise<Log> => {
    const one = await openKafkaLog({ brokers: server.brokers, logger, sessionMs: 2_500, ...more });
    opened.push(one);
    return one;
  };
  /** Keeps its own offsets, as every consumer does. */
  const reader = (seen: string[], group: string): Consumer => {
    const next = new Map<number, number>();
    return {
      group,
      topics: [TOPIC],
      assigned: async (_topic, partition) => next.get(partition) ?? 0,
      onBatch: async ({ partition, records }) => {
        next.set(partition, (records.at(-1)?.offset ?? -1) + 1);
        seen.push(...records.map((r) => r.headers.text ?? ''));
      },
    };
  };
  const admin = () => new Kafka({ brokers: [...server.brokers], logLevel: logLevel.NOTHING }).admin();

  beforeAll(async () => {
    server = await startKafka({ settings: { 'group.min.session.timeout.ms': '1000' } });
    log = await openKafkaLog({ brokers: server.brokers, logger, sessionMs: 2_500 });
  }, 120_000);
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
  });
  afterAll(async () => {
    await log?.close();
    await server?.stop();
  });

  it('has everything that it acknowledged after kill -9 of the broker; meanwhile says quickly that it is away', async () => {
    const acknowledged: string[] = [];
    const failures: Array<{ error: unknown; ms: number }> = [];
    const seen: string[] = [];
    const consumption = await log.consume(reader(seen, 'killed'));
    let isOver = false;
    const streams = Array.from({ length: 6 }, async (_, s) => {
      for (let i = 0; !isOver; i++) {
        const text = `${s}-${i}`;
        const began = performance.now();
        await log.publish([record((s + i) % PARTITIONS, text, 3_000)]).then(
          () => acknowledged.push(text),
          (error: unknown) => failures.push({ error, ms: performance.now() - began }),
        );
        await sleep(5);
      }
    });
    await eventually(() => acknowledged.length > 100);
    await server.kill('SIGKILL');
    await sleep(4_000);
    const whileAway = failures.length;
    await server.restart();
    const back = performance.now();
    const { length } = acknowledged;
    await eventually(() => acknowledged.length > length + 50, 15_000);
    const recovered = performance.now() - back;
    isOver = true;
    await Promise.all(streams);
    expect(whileAway).toBeGreaterThan(0);
    expect(recovered).toBeLessThan(15_000);
    for (const { error, ms } of failures) {
      expect(isFault(error) && error.code).toBe('BUS_UNAVAILABLE');
      expect(ms).toBeLessThan(4_000);
    }
    const stored = await allTexts(log);
    expect(acknowledged.filter((text) => !stored.includes(text))).toEqual([]);
    await eventually(() => seen.length >= stored.length, 30_000);
    expect(seen.sort()).toEqual(stored.sort());
    await consumption.stop();
  });

  it('goes on after its producers are forgotten: the topic is made anew under them', async () => {
    const own = await open({ producers: 1 });
    const other = { topic: TOPICS.console.name, key: 'default/run/x', headers: {}, value: Buffer.from('x') };
    for (let i = 0; i < 3; i++) await own.publish([other]);
    const client = admin();
    await client.connect();
    await client.deleteTopics({ topics: [other.topic] });
    await sleep(500);
    await open(); // makes it again
    await client.disconnect();
    const began = performance.now();
    const [position] = await eventually(() => own.publish([other]));
    expect(position?.offset).toBe(0);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect((await own.publish([other]))[0]?.offset).toBe(1);
  });

  it('rejects what a hung broker does not answer, and never loses what it acknowledges afterwards', async () => {
    const own = await open({ deadlineMs: 1_500, producers: 1 });
    await own.publish([record(0, 'warm')]);
    process.kill(server.pid(), 'SIGSTOP');
    await sleep(100); // until the last of its threads has stopped
    const late = await Promise.allSettled([0, 0, 1].map((p, i) => own.publish([record(p, `hung ${i}`)])));
    process.kill(server.pid(), 'SIGCONT');
    for (const one of late) expect(one).toMatchObject({ status: 'rejected', reason: { code: 'BUS_UNAVAILABLE' } });
    // As many messages as hang: a broker that mistook them for those would store nothing.
    const after = ['after 0', 'after 1'];
    await eventually(() => Promise.all(after.map((text) => own.publish([record(0, text)]))));
    const stored = await textsOf(own, 0);
    expect(after.filter((text) => !stored.includes(text))).toEqual([]);
  });

  it('refuses more than it may hold', async () => {
    const own = await open({ maxWaitingBytes: 1_000_000 });
    const first = own.publish([record(0, 'a', 900_000)]);
    await expect(own.publish([record(1, 'b', 200_000)])).rejects.toMatchObject({
      kind: 'overloaded',
      code: 'BUS_OVERLOADED',
      context: { retryAfter: 1 },
    });
    await first;
    await own.publish([record(1, 'b', 200_000)]);
  });

  it('takes no larger messages than the topics do, and no topics with other partitions', async () => {
    const client = admin();
    await client.connect();
    const [dead, console] = [TOPICS.dead.name, TOPICS.console.name];
    const small = [{ name: 'max.message.bytes', value: '200000' }];
    await client.alterConfigs({ validateOnly: false, resources: [{ type: 2, name: dead, configEntries: small }] });
    const own = await eventually(async () => {
      const one = await open();
      const refused = await one.publish([record(0, 'x', 150_000)]).catch((error: unknown) => error);
      return isFault(refused) && refused.code === 'BUS_TOO_LARGE' ? one : undefined;
    });
    await own.publish([record(0, 'x', 130_000)]);

    await client.createPartitions({ topicPartitions: [{ topic: console, count: 7 }] });
    await eventually(async () => {
      const error = await open().then(
        () => undefined,
        (fault: unknown) => fault,
      );
      return isFault(error) && error.code === 'BUS_WRONG_PARTITIONS';
    });
    await client.disconnect();
  });

  it('does not pass over records that have gone', async () => {
    const from = (await log.ends([TOPIC])).find((end) => end.partition === 5)?.offset ?? 0;
    const positions = await log.publish([record(5, 'gone'), record(5, 'also gone'), record(5, 'still there')]);
    const client = admin();
    await client.connect();
    await client.fetchTopicOffsets(TOPIC); // kafkajs needs to have heard of the topic
    await client.deleteTopicRecords({ topic: TOPIC, partitions: [{ partition: 5, offset: String(from + 2) }] });
    await client.disconnect();
    let start = from;
    const seen: string[] = [];
    const consumption = await log.consume({ ...reader(seen, 'gone'), assigned: async (_, p) => (p === 5 ? start : 0) });
    await sleep(1_000);
    expect(seen).not.toContain('still there');
    start = positions[2]?.offset ?? 0; // somebody has decided
    await eventually(() => seen.includes('still there'));
    await consumption.stop();
  });
});

describe('an answer of Kafka that is lost', () => {
  let proxy: Awaited<ReturnType<typeof openCuttingProxy>>;
  let server: KafkaServer;
  let log: Log;
  beforeAll(async () => {
    const [port, through] = [await freePort(), await freePort()];
    proxy = await openCuttingProxy(through, port);
    server = await startKafka({
      port,
      settings: { 'advertised.listeners': `PLAINTEXT://127.0.0.1:${through}` },
    });
    log = await openKafkaLog({ brokers: [`127.0.0.1:${through}`], logger, producers: 1 });
  }, 120_000);
  afterAll(async () => {
    await log?.close();
    await server?.stop();
    proxy?.close();
  });

  it('does not make the broker take the next request for a repetition, and acknowledge it without storing it', async () => {
    await log.publish([record(0, 'first')]);
    proxy.turn('deaf');
    const lost = log.publish([record(0, 'stored, but nobody hears of it')]).catch((error: unknown) => error);
    await sleep(500);
    proxy.turn('closed');
    proxy.cut();
    expect(await lost).toMatchObject({ code: 'BUS_UNAVAILABLE' });
    proxy.turn('open');
    const [position] = await eventually(() => log.publish([record(0, 'acknowledged')]));
    expect(await textsOf(log, 0)).toEqual(['first', 'stored, but nobody hears of it', 'acknowledged']);
    expect(position?.offset).toBe(2);
  });
});
