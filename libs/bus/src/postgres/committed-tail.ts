import type { Recorded } from '@runledger/contracts';
import type { Placed, Stretch } from './insert-records';
import type { Place } from './share-partitions';

/** Neighbouring records; `chunks` are those of its partition, in order. */
type Chunk = Readonly<{ first: number; records: readonly Recorded[]; bytes: number; chunks: Chunk[] }>;
type Limits = Readonly<{ maxRecords: number; maxBytes: number }>;

const RECORD_BYTES = 512; // what a record weighs beside its value, about

const idOf = ({ topic, partition }: Place): string => `${topic}/${partition}`;

/** A value that is a window onto something much larger would keep all of it. */
const compact = (record: Recorded): Recorded =>
  record.value.buffer.byteLength > 2 * record.value.byteLength
    ? { ...record, value: Uint8Array.from(record.value) }
    : record;

/**
 * The last records that this process committed, so that its own consumers need not read them back. Holds what is
 * committed and nothing else; per partition without gaps, for another process may have written in between.
 */
export class CommittedTail {
  readonly #maxBytes: number;
  readonly #places = new Map<string, Chunk[]>();
  /** All chunks, oldest first. */
  readonly #age = new Set<Chunk>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Only partitions that somebody here consumes are worth their memory. */
  open(place: Place): void {
    const id = idOf(place);
    if (this.#maxBytes > 0 && !this.#places.has(id)) this.#places.set(id, []);
  }

  /** What has just been committed. */
  add({ topic, partition, records }: Stretch, { first, appended }: Placed): void {
    const chunks = this.#places.get(idOf({ topic, partition }));
    if (chunks === undefined) return;
    const last = chunks.at(-1);
    if (last !== undefined && last.first + last.records.length !== first) this.#forgetAll(chunks);
    const kept = records.map((record, i) => compact({ ...record, partition, offset: first + i, appended }));
    const bytes = kept.reduce((sum, record) => sum + record.value.byteLength + RECORD_BYTES, 0);
    const chunk: Chunk = { first, records: kept, bytes, chunks };
    chunks.push(chunk);
    this.#age.add(chunk);
    this.#bytes += bytes;
    for (const oldest of this.#age) {
      if (this.#bytes <= this.#maxBytes) break;
      oldest.chunks.shift();
      this.#forget(oldest);
    }
  }

  /** Records from `from` on, as far as they are here. Empty: ask Postgres. */
  take(place: Place, from: number, limits: Limits): Recorded[] {
    const chunks = this.#places.get(idOf(place)) ?? [];
    const begin = chunks.findLastIndex((chunk) => chunk.first <= from);
    const taken: Recorded[] = [];
    let bytes = 0;
    for (let i = begin; i >= 0 && i < chunks.length; i++)
      for (const record of chunks[i]?.records ?? []) {
        if (record.offset < from) continue;
        bytes += record.value.byteLength;
        if (taken.length > 0 && (taken.length >= limits.maxRecords || bytes > limits.maxBytes)) return taken;
        taken.push(record);
      }
    return taken;
  }

  #forgetAll(chunks: Chunk[]): void {
    for (const chunk of chunks.splice(0)) this.#forget(chunk);
  }

  #forget(chunk: Chunk): void {
    this.#age.delete(chunk);
    this.#bytes -= chunk.bytes;
  }
}
