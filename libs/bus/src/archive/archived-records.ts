import type { ArchivedRange, Recorded } from '@runledger/contracts';
import { noRange } from './archive-fault';
import { type RangeFiles, readRange } from './range-store';

/** Which ranges there are, as custody has them. */
export type RangeCatalog = Readonly<{
  at(topic: string, partition: number, offset: number): Promise<ArchivedRange | null>;
  /** The first range with a record that was appended after `time`. */
  after(topic: string, partition: number, time: number): Promise<ArchivedRange | null>;
}>;

/** What the log had, and the archive keeps. */
export type ArchivedRecords = Readonly<{
  /**
   * Records from `from` up to and without `to`, in batches.
   * @throws Fault conflict ARCHIVE_MISSING, ARCHIVE_ALTERED
   */
  read(topic: string, partition: number, from: number, to: number): AsyncIterable<readonly Recorded[]>;
  /** The offset of the first record that was appended after `time` (ms since 1970); null: it is in no range. */
  offsetAfter(topic: string, partition: number, time: number): Promise<number | null>;
}>;

/** Who reads single messages reads neighbours next: some files stay unpacked in memory. */
const KEPT = 4;
const BATCH = { records: 1_000, bytes: 4 * 1024 * 1024 };

/** As many as make a batch, and one at least. */
export function* batchesOf(
  records: readonly Recorded[],
  most: Readonly<{ records: number; bytes: number }> = BATCH,
): Generator<readonly Recorded[]> {
  for (let at = 0; at < records.length; ) {
    let end = at + 1;
    let bytes = records[at]?.value.byteLength ?? 0;
    for (let next = records[end]; next !== undefined && end - at < most.records; next = records[++end]) {
      bytes += next.value.byteLength;
      if (bytes > most.bytes) break;
    }
    yield records.slice(at, end);
    at = end;
  }
}

export function createArchivedRecords(files: RangeFiles, catalog: RangeCatalog): ArchivedRecords {
  /** By digest, those read last at the end. */
  const kept = new Map<string, Promise<readonly Recorded[]>>();

  function recordsOf(range: ArchivedRange): Promise<readonly Recorded[]> {
    const reading = kept.get(range.digest) ?? readRange(files, range);
    kept.delete(range.digest);
    kept.set(range.digest, reading);
    for (const digest of kept.keys()) if (kept.size > KEPT) kept.delete(digest);
    reading.catch(() => kept.delete(range.digest)); // it may be mended by then
    return reading;
  }

  return {
    async *read(topic, partition, from, to) {
      for (let next = from; next < to; ) {
        const range = await catalog.at(topic, partition, next);
        if (range === null) throw noRange(topic, partition, next);
        const records = await recordsOf(range);
        const begin = next;
        yield* batchesOf(records.filter(({ offset }) => offset >= begin && offset < to));
        next = range.next;
      }
    },
    async offsetAfter(topic, partition, time) {
      const range = await catalog.after(topic, partition, time);
      if (range === null) return null;
      return (await recordsOf(range)).find(({ appended }) => appended > time)?.offset ?? range.next;
    },
  };
}
