import { setTimeout as sleep } from 'node:timers/promises';
import { writeRange } from '@runledger/bus';
import { type ArchivedRange, type Position, type Recorded, TOPIC_LIST } from '@runledger/contracts';
import type { ArchiveLine } from '@runledger/contracts/http';
import { Fault, failpoint } from '@runledger/kernel';
import { arePublished, type Followed, type KeptRange, readFollowed, takeTurn } from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import { holdOf, isDue, isFull, rangesBefore } from './archive-plan';
import type { ArchivePorts } from './archive-ports';
import { entryOf, verifyRange } from './verify-range';

export type ArchiveAges = Readonly<{
  /** Messages of this age, in ms, are archived. */
  archiveMs: number;
  /** Those of this age are dropped from the log; null: none ever is. */
  dropMs: number | null;
}>;
export type ArchivistDeps = Readonly<{ archive: ArchivePorts; source: DataSource; ages: ArchiveAges }>;
export type ArchiveRun = Readonly<{
  /** Somebody asked for it: what is old enough is written also where that makes small files. */
  isDemanded: boolean;
  signal: AbortSignal;
  tell(line: ArchiveLine): void;
  /** What is waited for after work that took so many ms. */
  rest(workedMs: number): Promise<void>;
}>;
export type ArchiveTotals = Readonly<{ ranges: number; bytes: number; dropped: number }>;

/** A checkpoint follows its leaves within seconds. */
const CHECKPOINT_MS = 15_000;
const LOOK_MS = 200;
const TOPIC_NAMES = TOPIC_LIST.map(({ name }) => name);

const gap = ({ topic, partition }: Position, offset: number): Fault =>
  new Fault(
    'conflict',
    'NOTARY_LOG_GAP',
    `the log lacks offset ${offset} of ${topic}/${partition}: it is not archived further`,
  );

/**
 * Moves what is old from the log to its archive. Written is a file, then its row in custody, then its entry beside the files; dropped is
 * what was read back after that. A process that dies in between leaves a file that nobody knows, or a range that the next run goes on with.
 */
export class Archivist {
  #ranges = 0;
  #bytes = 0;
  #dropped = 0;

  constructor(
    private readonly deps: ArchivistDeps,
    private readonly run: ArchiveRun,
  ) {}

  /** @throws Fault conflict NOTARY_ARCHIVE_UNDER_WAY, NOTARY_LOG_GAP, ARCHIVE_MISSING, ARCHIVE_ALTERED */
  async work(): Promise<ArchiveTotals> {
    const release = await takeTurn(this.deps.source, 'archive');
    if (release === null)
      throw new Fault(
        'conflict',
        'NOTARY_ARCHIVE_UNDER_WAY',
        'the log is being archived; ask again when that has ended',
      );
    try {
      await this.#work();
      return { ranges: this.#ranges, bytes: this.#bytes, dropped: this.#dropped };
    } finally {
      await release();
    }
  }

  async #work(): Promise<void> {
    const { archive, ages, source } = this.deps;
    const now = Date.now();
    // Before anything is written: checkpoints come while the rest is done.
    const followed = await readFollowed(source);
    const old = await archive.native.offsetsAfter(TOPIC_NAMES, now - ages.archiveMs);
    for (const upTo of old) await this.#archive(upTo, now - ages.archiveMs);
    for (const { topic, partition } of old)
      for (const range of await archive.ranges.undropped(topic, partition))
        if (range.verifiedAt === null) await this.#settle(range);
    if (ages.dropMs === null || !(await this.#isPublished(followed))) return;
    for (const upTo of await archive.native.offsetsAfter(TOPIC_NAMES, now - ages.dropMs))
      await this.#drop(upTo, followed);
  }

  /** Writes what a partition has up to an offset, beginning where its last range ended. */
  async #archive(upTo: Position, olderThan: number): Promise<void> {
    const { native, ranges } = this.deps.archive;
    const { topic, partition, offset: to } = upTo;
    let last: ArchivedRange | null = await ranges.last(topic, partition);
    let next = last?.next ?? 0;
    let [gathered, bytes]: [Recorded[], number] = [[], 0];
    if (next >= to) return;
    for await (const records of native.read(topic, partition, next, to))
      for (const record of records) {
        if (record.offset !== next) throw gap(upTo, next);
        next++;
        gathered.push(record);
        bytes += record.value.byteLength;
        if (!isFull(gathered.length, bytes)) continue;
        last = await this.#write(gathered, last);
        [gathered, bytes] = [[], 0];
      }
    if (next < to) throw gap(upTo, next);
    const [first] = gathered;
    if (first !== undefined && (this.run.isDemanded || isDue(first, olderThan))) await this.#write(gathered, last);
  }

  async #write(records: readonly Recorded[], previous: ArchivedRange | null): Promise<ArchivedRange> {
    const { run } = this;
    const { native, files, ranges } = this.deps.archive;
    run.signal.throwIfAborted();
    const began = performance.now();
    const range = await writeRange(files, { incarnation: native.incarnation, previous, records });
    failpoint('archive.after-file');
    await ranges.append(range);
    failpoint('archive.after-row');
    await this.#settle(range);
    const { topic, partition, first, next, bytes, digest } = range;
    run.tell({ kind: 'archived', topic, partition, first, next, bytes, digest });
    this.#ranges++;
    this.#bytes += bytes;
    await run.rest(performance.now() - began);
    return range;
  }

  /** What makes a range whole: its entry beside the files, and a look at what was stored. */
  async #settle(range: ArchivedRange): Promise<void> {
    const { archive } = this.deps;
    const { name, text } = entryOf(range);
    await archive.texts.put(name, text);
    failpoint('archive.after-entry');
    await verifyRange(archive, range);
  }

  /** Whether all that the notary had read at the beginning is behind a checkpoint. */
  async #isPublished({ sequenced }: Followed): Promise<boolean> {
    const until = performance.now() + CHECKPOINT_MS;
    for (; !(await arePublished(this.deps.source, sequenced)); await sleep(LOOK_MS)) {
      this.run.signal.throwIfAborted();
      if (performance.now() < until) continue;
      this.run.tell({
        kind: 'held',
        topic: null,
        partition: null,
        offset: null,
        by: 'the next checkpoint of the ledger',
      });
      return false;
    }
    return true;
  }

  async #drop({ topic, partition, offset }: Position, followed: Followed): Promise<void> {
    const { ranges } = this.deps.archive;
    const old = rangesBefore(await ranges.undropped(topic, partition), offset);
    if (old.length === 0) return;
    const hold = holdOf({ topic, partition }, followed);
    const free = rangesBefore(old, hold.offset);
    for (const range of free) await this.#dropRange(range);
    const last = free.at(-1);
    if (last !== undefined) this.run.tell({ kind: 'dropped', topic, partition, before: last.next });
    if (free.length < old.length && hold.by !== null)
      this.run.tell({ kind: 'held', topic, partition, offset: hold.offset, by: hold.by });
  }

  /** Reads it back once more: what is dropped was there and whole just now. */
  async #dropRange(range: KeptRange): Promise<void> {
    const { archive } = this.deps;
    const { topic, partition, next } = range;
    this.run.signal.throwIfAborted();
    const began = performance.now();
    await this.#settle(range);
    failpoint('archive.before-drop');
    await archive.native.drop({ topic, partition, offset: next });
    failpoint('archive.after-drop');
    await archive.ranges.dropped(topic, partition, next);
    this.#dropped += next - range.first;
    await this.run.rest(performance.now() - began);
  }
}
