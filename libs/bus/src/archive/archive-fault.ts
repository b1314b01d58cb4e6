import type { ArchivedRange } from '@runledger/contracts';
import { Fault, isFault } from '@runledger/kernel';

/** A range as people look for it. */
const nameOfRange = ({ topic, partition, first, next }: ArchivedRange): string =>
  `offsets ${first} to ${next - 1} of ${topic}/${partition}`;

type Damage = 'ARCHIVE_MISSING' | 'ARCHIVE_ALTERED';

/** An archive that does not have what it has to: named, and never read past. */
const damaged = (code: Damage, range: ArchivedRange, what: string, cause?: unknown): Fault =>
  new Fault('conflict', code, `${what}: sha256:${range.digest}, with ${nameOfRange(range)}`, {
    cause,
    context: {
      topic: range.topic,
      partition: range.partition,
      first: range.first,
      next: range.next,
      digest: range.digest,
    },
  });

export const missingFile = (range: ArchivedRange, cause?: unknown): Fault =>
  damaged('ARCHIVE_MISSING', range, 'the archive of the log lacks a file', cause);
export const alteredFile = (range: ArchivedRange, why: string, cause?: unknown): Fault =>
  damaged('ARCHIVE_ALTERED', range, `a file of the archive of the log is not what was put there (${why})`, cause);

/** The log begins behind an offset, and no range has it. */
export const noRange = (topic: string, partition: number, offset: number): Fault =>
  new Fault(
    'conflict',
    'ARCHIVE_MISSING',
    `the archive of the log has no range with offset ${offset} of ${topic}/${partition}`,
    {
      context: { topic, partition, first: offset, next: offset + 1 },
    },
  );

/** Whether the archive is damaged, and not merely away. */
export const isDamage = (error: unknown): error is Fault =>
  isFault(error) && (error.code === 'ARCHIVE_MISSING' || error.code === 'ARCHIVE_ALTERED');
