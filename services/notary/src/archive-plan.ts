import { type ArchivedRange, type Recorded, TOPICS } from '@runledger/contracts';
import type { Followed } from '@runledger/postgres';

/** Who has to be past a message before it may go: the projection that is made of it, and the ledger. */
const FOLLOWERS: Readonly<Record<string, readonly string[]>> = {
  [TOPICS.runs.name]: ['metadata', 'notary'],
  [TOPICS.catalog.name]: ['metadata', 'notary'],
  [TOPICS.metrics.name]: ['series', 'notary'],
  [TOPICS.console.name]: ['console', 'notary'],
};

const RANGE_LIMITS = { records: 20_000, bytes: 8 * 1024 * 1024 };
/** A range that could still grow is written once its first message has waited so long beyond the age. */
const PATIENCE_MS = 24 * 3_600_000;

type Place = Readonly<{ topic: string; partition: number }>;
/** What keeps messages in the log: `offset` is the first one that stays; null: nobody follows the topic. */
export type Hold = Readonly<{ offset: number; by: string | null }>;

/** The one of all who follow a partition that is the least far. Whoever has never been there stands at its beginning. */
export function holdOf({ topic, partition }: Place, { leases }: Followed): Hold {
  const required = FOLLOWERS[topic];
  if (required === undefined) return { offset: 0, by: null };
  const of = leases.filter((lease) => lease.topic === topic && lease.partition === partition);
  const never = required.find((group) => !of.some((lease) => lease.group === group));
  if (never !== undefined) return { offset: 0, by: never };
  const least = of.reduce((a, b) => (b.nextOffset < a.nextOffset ? b : a));
  return { offset: least.nextOffset, by: least.group };
}

/** Of ranges that follow one another, those that lie before an offset as a whole. */
export function rangesBefore<Range extends ArchivedRange>(ranges: readonly Range[], before: number): Range[] {
  const stays = ranges.findIndex(({ next }) => next > before);
  return stays < 0 ? [...ranges] : ranges.slice(0, stays);
}

/** Whether so many records, of so many bytes of values, are a range. */
export const isFull = (records: number, bytes: number): boolean =>
  records >= RANGE_LIMITS.records || bytes >= RANGE_LIMITS.bytes;

/** Whether what is left, and is no full range, becomes one nevertheless. `olderThan`: all of them are appended before, ms since 1970. */
export const isDue = (first: Recorded, olderThan: number): boolean => first.appended <= olderThan - PATIENCE_MS;
