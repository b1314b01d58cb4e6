import type { TopicKey } from '@runledger/contracts';
import { keyNumbers, seriesNumbers, writerRows } from '@runledger/postgres';
import type { EntityManager } from 'typeorm';
import { SequenceSet } from './sequence-set';

/** A writer of a run in the metrics topic: its number, and which of its batches are stored. */
export type Writer = Readonly<{ number: number; stored: SequenceSet }>;
export type BatchNames = Readonly<{ workspace: string; run: string; writer: string; keys: readonly string[] }>;
export type BatchNumbers = Readonly<{ series: number; writer: Writer | null; keys: Uint32Array }>;

const TOPIC: TopicKey = 'metrics';
/** Names that are remembered before the memory is emptied and filled anew. */
const REMEMBERED = 500_000;
const id = (...parts: string[]): string => parts.join('\u0001');

/**
 * Numbers of runs, keys and writers of one partition, remembered while its lease is held: nobody else moves the receipts
 * of its writers. After a failed transaction it must be thrown away.
 */
export class SeriesNames {
  #series = new Map<string, number>();
  #keys = new Map<string, number>();
  #writers = new Map<string, Writer>();
  #byNumber = new Map<number, Writer>();

  async resolve(tx: EntityManager, batches: readonly BatchNames[]): Promise<BatchNumbers[]> {
    if (this.#series.size + this.#keys.size + this.#writers.size > REMEMBERED) this.#forget();
    await this.#learnSeries(tx, batches);
    await this.#learnKeys(tx, batches);
    await this.#learnWriters(tx, batches);
    return batches.map((batch) => this.#numbersOf(batch));
  }

  /** Marks batches as stored, once their transaction has committed. */
  stored(gains: ReadonlyArray<Readonly<{ writer: number; from: number }>>): void {
    for (const gain of gains) this.#byNumber.get(gain.writer)?.stored.add(gain.from);
  }

  #forget(): void {
    this.#series.clear();
    this.#keys.clear();
    this.#writers.clear();
    this.#byNumber.clear();
  }

  #numbersOf(batch: BatchNames): BatchNumbers {
    const { workspace, run, writer } = batch;
    return {
      series: this.#series.get(id(workspace, run)) as number,
      writer: writer === '' ? null : (this.#writers.get(id(workspace, run, writer)) as Writer),
      keys: Uint32Array.from(batch.keys, (key) => this.#keys.get(id(workspace, key)) as number),
    };
  }

  async #learnSeries(tx: EntityManager, batches: readonly BatchNames[]): Promise<void> {
    const unknown = new Map<string, { workspace: string; run: string }>();
    for (const { workspace, run } of batches) {
      const name = id(workspace, run);
      if (!this.#series.has(name)) unknown.set(name, { workspace, run });
    }
    if (unknown.size === 0) return;
    for (const row of await seriesNumbers(tx, [...unknown.values()]))
      this.#series.set(id(row.workspace, row.run), row.number);
  }

  async #learnKeys(tx: EntityManager, batches: readonly BatchNames[]): Promise<void> {
    const unknown = new Map<string, { workspace: string; key: string }>();
    for (const { workspace, keys } of batches)
      for (const key of keys) {
        const name = id(workspace, key);
        if (!this.#keys.has(name)) unknown.set(name, { workspace, key });
      }
    if (unknown.size === 0) return;
    for (const row of await keyNumbers(tx, [...unknown.values()]))
      this.#keys.set(id(row.workspace, row.key), row.number);
  }

  async #learnWriters(tx: EntityManager, batches: readonly BatchNames[]): Promise<void> {
    const unknown = new Map<string, { workspace: string; run: string; topic: string; writer: string }>();
    for (const { workspace, run, writer } of batches) {
      const name = id(workspace, run, writer);
      if (writer !== '' && !this.#writers.has(name)) unknown.set(name, { workspace, run, topic: TOPIC, writer });
    }
    if (unknown.size === 0) return;
    for (const row of await writerRows(tx, [...unknown.values()])) {
      const writer = { number: row.number, stored: SequenceSet.parse(row.stored) };
      this.#writers.set(id(row.workspace, row.run, row.writer), writer);
      this.#byNumber.set(row.number, writer);
    }
  }
}
