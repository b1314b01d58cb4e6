import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type IHeaders, Kafka, logLevel } from 'kafkajs';
import { kafkaJava } from './kafka';

const MOST_BYTES = 2 ** 30;

/** All that lies in the segments of a broker's folder, decompressed: as Kafka's own reader prints it, which knows of no offset that is hidden. */
export function printedSegments(dataDir: string): Buffer[] {
  const log = join(dataDir, 'log');
  const segments = readdirSync(log, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.log'));
  const files = segments.map((file) => join(log, file)).join(',');
  const args = kafkaJava('kafka.tools.DumpLogSegments', ['--deep-iteration', '--print-data-log', '--files', files]);
  return [execFileSync('java', args, { maxBuffer: MOST_BYTES, stdio: ['ignore', 'pipe', 'ignore'] })];
}

type Ends = Map<string, bigint>;
const placeOf = (topic: string, partition: number): string => `${topic}/${partition}`;

/** By partition the offset of the last record; partitions without one are left out. */
async function lastOffsets(kafka: Kafka): Promise<{ topics: string[]; last: Ends }> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const topics = (await admin.listTopics()).filter((name) => !name.startsWith('__'));
    const last: Ends = new Map();
    for (const topic of topics)
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic))
        if (BigInt(high) > BigInt(low)) last.set(placeOf(topic, partition), BigInt(high) - 1n);
    return { topics, last };
  } finally {
    await admin.disconnect();
  }
}

const headerBytes = (headers: IHeaders = {}): Buffer[] =>
  Object.values(headers)
    .flatMap((value) => [value ?? ''])
    .flat()
    .map((value) => Buffer.from(value));

/** Keys, headers and values of every record of every topic, as a consumer gets them. */
export async function recordsOfKafka(brokers: readonly string[]): Promise<Buffer[]> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const { topics, last } = await lastOffsets(kafka);
  const consumer = kafka.consumer({ groupId: `reader-${randomUUID()}` });
  await consumer.connect();
  const found: Buffer[] = [];
  try {
    await consumer.subscribe({ topics, fromBeginning: true });
    await new Promise<void>((done, failed) => {
      if (last.size === 0) done();
      consumer
        .run({
          eachMessage: async ({ topic, partition, message: { key, value, headers, offset } }) => {
            found.push(Buffer.concat([key ?? Buffer.alloc(0), value ?? Buffer.alloc(0), ...headerBytes(headers)]));
            const place = placeOf(topic, partition);
            if (BigInt(offset) === last.get(place)) last.delete(place);
            if (last.size === 0) done();
          },
        })
        .catch(failed);
    });
  } finally {
    await consumer.disconnect();
  }
  return found;
}
