import { alteredFile, readRange } from '@runledger/bus';
import type { ArchivedRange, Recorded } from '@runledger/contracts';
import { Fault, isFault } from '@runledger/kernel';
import type { ArchivePorts } from './archive-ports';

const DIGITS = 16;

/** What lies beside the files, so that they are found without a database: names in the order of their offsets. */
export function entryOf(range: ArchivedRange): { name: string; text: string } {
  const { incarnation, topic, partition, first, next, bytes, digest, previous, firstAt, lastAt } = range;
  const name = `ranges/${incarnation}/${topic}/${partition}/${String(first).padStart(DIGITS, '0')}.json`;
  const text = JSON.stringify({ incarnation, topic, partition, first, next, bytes, digest, previous, firstAt, lastAt });
  return { name, text: `${text}\n` };
}

const headersOf = ({ headers }: Recorded): string => JSON.stringify(Object.entries(headers).sort());

const isSame = (a: Recorded, b: Recorded): boolean =>
  a.offset === b.offset &&
  a.appended === b.appended &&
  a.key === b.key &&
  headersOf(a) === headersOf(b) &&
  Buffer.compare(a.value, b.value) === 0;

/** Whether the log has the same, message by message, unless it has none of them any more. */
async function compareWithLog(
  { native }: ArchivePorts,
  range: ArchivedRange,
  kept: readonly Recorded[],
): Promise<void> {
  const { topic, partition, first, next } = range;
  let at = 0;
  try {
    for await (const records of native.read(topic, partition, first, next))
      for (const record of records) {
        const other = kept[at++];
        if (other === undefined || !isSame(other, record))
          throw alteredFile(range, `offset ${record.offset} is not what the log has`);
      }
  } catch (error) {
    if (!isFault(error) || error.code !== 'BUS_OFFSET_OUT_OF_RANGE') throw error;
    const start = (await native.starts([topic])).find((one) => one.partition === partition)?.offset ?? 0;
    if (start < next) throw error;
    return;
  }
  if (at !== kept.length)
    throw new Fault(
      'conflict',
      'NOTARY_LOG_GAP',
      `the log lacks offset ${first + at} of ${topic}/${partition}, which is archived`,
    );
}

/**
 * Reads a range back from the store, holds it against its digest, and against the log where that still has it.
 * @throws Fault conflict ARCHIVE_MISSING, ARCHIVE_ALTERED, NOTARY_LOG_GAP
 */
export async function verifyRange(ports: ArchivePorts, range: ArchivedRange): Promise<void> {
  const kept = await readRange(ports.files, range);
  await compareWithLog(ports, range, kept);
  await ports.ranges.verified(range);
}
