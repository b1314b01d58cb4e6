import { randomUUID } from 'node:crypto';
import type { Recorded } from '@runledger/contracts';
import { AssignerProtocol, type PartitionAssigner } from 'kafkajs';
import type { Batch } from '../log';
import { outOfRange } from '../log-fault';
import { type ConsumptionOptions, KafkaConsumption } from './consumption';
import type { Place } from './feed';

/** Gives one partition to the only member there is. */
const onlyPartition =
  ({ topic, partition }: Place): PartitionAssigner =>
  () => {
    const name = 'runledger-one';
    const version = 1;
    const userData = Buffer.alloc(0);
    return {
      name,
      version,
      assign: async ({ members }) =>
        members.map(({ memberId }) => ({
          memberId,
          memberAssignment: AssignerProtocol.MemberAssignment.encode({
            version,
            assignment: { [topic]: [partition] },
            userData,
          }),
        })),
      protocol: ({ topics }) => ({
        name,
        metadata: AssignerProtocol.MemberMetadata.encode({ version, topics, userData }),
      }),
    };
  };

/** One batch at a time passes from a consumer that pushes to a reader that pulls. */
class HandOver {
  #batch: { records: readonly Recorded[]; taken: () => void } | undefined;
  #onBatch: (() => void) | undefined;
  #isClosed = false;

  give({ records }: Batch): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    return new Promise((taken) => {
      this.#batch = { records, taken };
      this.#onBatch?.();
    });
  }

  async take(): Promise<readonly Recorded[]> {
    if (this.#batch === undefined)
      await new Promise<void>((given) => {
        this.#onBatch = given;
      });
    const batch = this.#batch;
    this.#batch = undefined;
    batch?.taken();
    return batch?.records ?? [];
  }

  close(): void {
    this.#isClosed = true;
    this.#batch?.taken();
  }
}

/**
 * kafkajs reads by consumer groups only, so this is one of a single member that nobody else knows. It joins as any
 * other does: quick where brokers do not wait for further members, three seconds where they do.
 */
export async function* readPartition(
  place: Place,
  from: number,
  to: number,
  options: Omit<ConsumptionOptions, 'assigner'>,
): AsyncIterable<readonly Recorded[]> {
  const { low, high } = await options.range(place);
  const end = Math.min(to, high);
  if (from >= end) return;
  if (from < low) throw outOfRange({ ...place, offset: from });
  const handOver = new HandOver();
  let next = from;
  const consumption = new KafkaConsumption(
    {
      group: `runledger-read-${randomUUID()}`,
      topics: [place.topic],
      assigned: async () => next,
      onBatch: (batch) => handOver.give(batch),
    },
    { ...options, assigner: onlyPartition(place) },
  );
  await consumption.join();
  try {
    while (next < end) {
      const records = await handOver.take();
      const wanted = records.filter(({ offset }) => offset >= next && offset < end);
      next = Math.max(next, (records.at(-1)?.offset ?? -1) + 1);
      if (wanted.length > 0) yield wanted;
    }
  } finally {
    handOver.close();
    await consumption.stop();
  }
}
