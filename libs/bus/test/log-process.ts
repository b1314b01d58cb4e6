// A process of its own for tests that kill or stop one: `log-process.ts <role> <JSON of its task>`. Talks in lines.
import { setTimeout as sleep } from 'node:timers/promises';
import { isFault } from '@runledger/kernel';
import { openLeasedSink } from './leased-sink';
import { type LogPlace, openPlace } from './log-place';

export type PublishTask = Readonly<{ place: LogPlace; topic: string; key: string; bytes: number }>;
export type ConsumeTask = Readonly<{
  place: LogPlace;
  database: string;
  topic: string;
  group: string;
  name: string;
  /** How long each batch takes before it is stored. */
  holdMs: number;
  maxRecords: number;
  from: ReadonlyArray<readonly [string, number]>;
}>;

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

/** Publishes without end, and says after each answer what is durable now. */
async function publish(task: PublishTask): Promise<void> {
  const log = await openPlace(task.place);
  for (let i = 0; ; i++) {
    const value = Buffer.alloc(task.bytes, `${task.key} ${i} `);
    const [position] = await log.publish([{ topic: task.topic, key: task.key, headers: { i: String(i) }, value }]);
    say(`acknowledged ${i} at ${position?.offset}`);
  }
}

/** Consumes into the leased sink without asking whether it still may: only the lease stands between it and a mess. */
async function consume(task: ConsumeTask): Promise<void> {
  const sink = await openLeasedSink(task.database, task.name, new Map(task.from));
  const log = await openPlace(task.place);
  const consumer = sink.consumer(task.group, task.topic);
  await log.consume({
    ...consumer,
    maxRecords: task.maxRecords,
    onBatch: async (batch) => {
      say(`holding ${batch.partition} ${batch.records[0]?.offset}`);
      await sleep(task.holdMs);
      try {
        await consumer.onBatch(batch);
      } catch (error) {
        say(`failed ${isFault(error) ? error.code : String(error)} stale=${batch.stale()}`);
        throw error;
      }
    },
  });
  say('consuming');
}

const [, , role, task = '{}'] = process.argv;
void (role === 'publish' ? publish(JSON.parse(task) as PublishTask) : consume(JSON.parse(task) as ConsumeTask));
