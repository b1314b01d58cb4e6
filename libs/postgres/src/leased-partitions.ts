import { isFault, type Logger } from '@runledger/kernel';
import type { DataSource } from 'typeorm';
import { type Lease, renewLease, takeLease } from './lease';

/** What is held of the log: a batch of one partition, as its consumer gets it. */
type HeldBatch = Readonly<{ topic: string; partition: number; stale(): boolean; lost(): void }>;

/** `certain` is false after an outcome that is not known: the offset may have moved. */
type Held = { lease: Lease; certain: boolean };

export type LeasedPartitionsDeps = Readonly<{
  source: DataSource;
  logger: Logger;
  group: string;
  /** Names this process in the lease, for people who look. */
  holder: string;
  /** What is told when a batch fails, behind "a batch was not". */
  done: string;
}>;

type Moved = Readonly<{ fromOffset: number; nextOffset: number }>;

export type LeasedPartitions = Readonly<{
  /** Takes the lease. Answers where to begin. */
  assigned: (topic: string, partition: number) => Promise<number>;
  /**
   * Moves a partition by what `apply` does under its lease. Answers from where to where; null when it is not this consumer's.
   * Who lost the lease to somebody else lets go, and says so to the log.
   */
  advance: (batch: HeldBatch, apply: (lease: Lease) => Promise<Lease>) => Promise<Moved | null>;
  revoked: (topic: string, partition: number) => void;
}>;

/** The partitions of a consumer whose rows and offset move in one transaction in Postgres. */
export function createLeasedPartitions(deps: LeasedPartitionsDeps): LeasedPartitions {
  const { source, logger, group, holder, done } = deps;
  const held = new Map<string, Held>();
  const nameOf = (topic: string, partition: number): string => `${topic}/${partition}`;

  async function move(own: Held, apply: (lease: Lease) => Promise<Lease>): Promise<Moved> {
    if (!own.certain) own.lease = await renewLease(source, own.lease);
    own.certain = false;
    const fromOffset = own.lease.nextOffset;
    own.lease = await apply(own.lease);
    own.certain = true;
    return { fromOffset, nextOffset: own.lease.nextOffset };
  }

  return {
    async assigned(topic, partition) {
      const lease = await takeLease(source, { group, topic, partition }, holder);
      held.set(nameOf(topic, partition), { lease, certain: true });
      return lease.nextOffset;
    },
    async advance(batch, apply) {
      const { topic, partition } = batch;
      const name = nameOf(topic, partition);
      const own = held.get(name);
      if (own === undefined || batch.stale()) return null;
      try {
        return await move(own, apply);
      } catch (error) {
        if (!isFault(error) || error.code !== 'POSTGRES_LOST_LEASE') {
          logger.warn({ topic, partition, group, err: error }, `a batch was not ${done}; its records come again`);
          throw error;
        }
        // Whoever took the lease has these records, unless the log holds the partition for this process: it knows.
        if (held.get(name) === own) held.delete(name);
        batch.lost();
        logger.info({ topic, partition, group }, 'another consumer has this partition now');
        return null;
      }
    },
    revoked(topic, partition) {
      held.delete(nameOf(topic, partition));
    },
  };
}
