import type { Log } from '@runledger/bus';
import { type ClickHouse, shadowClickHouse } from '@runledger/clickhouse';
import type { Recorded } from '@runledger/contracts';
import type { Logger } from '@runledger/kernel';
import {
  createConsoleStore,
  createMetadataStore,
  type Lease,
  type Projection,
  type ShadowName,
  type Standing,
  shadowSource,
  takeLease,
} from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import { projectConsole } from './console-room';
import { createDeadLetters } from './dead-letters';
import { projectMetadata } from './metadata-batch';
import { SeriesPartition } from './series-partition';
import { noThresholds } from './series-thresholds';

/** Offsets of a partition that the log should have and has not. */
export type LogGap = Readonly<{ topic: string; partition: number; from: number; to: number }>;

export type FillDeps = Readonly<{
  log: Pick<Log, 'read'>;
  source: DataSource;
  clickhouse: ClickHouse;
  logger: Logger;
  /** Names this process in the leases, for people who look. */
  holder: string;
}>;
export type FillWatch = Readonly<{
  /** Called after each batch with what it took and how long; what it resolves to is waited for. */
  taken(records: number, workedMs: number): Promise<void>;
  gap(gap: LogGap): void;
  signal: AbortSignal;
}>;

/** Moves one partition of the shadow by some records. */
type Advance = (records: readonly Recorded[]) => Promise<void>;
type Opened = { nextOffset: () => number; advance: Advance };

/** The dead topic has the letters already; a shadow writes to no log. */
export const NO_LOG = { publish: async () => [] };
/** A shadow reads what has been read before, in batches of its own: how many of one are refused says nothing. */
const anyShare = (): void => undefined;

function tableFill({ source }: FillDeps, name: ShadowName, projection: 'metadata' | 'console') {
  const shadow = shadowSource(source, name);
  const [metadata, console] = [createMetadataStore(shadow), createConsoleStore(shadow)];
  return (lease: Lease, records: readonly Recorded[]): Promise<Lease> =>
    projection === 'metadata'
      ? projectMetadata({ log: NO_LOG, store: metadata, checkShare: anyShare }, lease, records)
      : projectConsole({ log: NO_LOG, store: console, checkShare: anyShare }, lease, records);
}

async function openPartition(deps: FillDeps, name: ShadowName, projection: Projection, lease: Lease): Promise<Opened> {
  if (projection === 'series') {
    const own = await SeriesPartition.open(
      {
        ...deps,
        source: shadowSource(deps.source, name),
        clickhouse: shadowClickHouse(deps.clickhouse, name),
        deadLetters: createDeadLetters(NO_LOG, 'series'),
        thresholds: noThresholds,
      },
      lease,
    );
    const { topic, partition } = lease;
    const advance: Advance = (records) =>
      own.store({ topic, partition, records, stale: () => false, lost: () => undefined });
    return { nextOffset: () => own.nextOffset, advance };
  }
  const project = tableFill(deps, name, projection);
  let held = lease;
  return {
    nextOffset: () => held.nextOffset,
    async advance(records) {
      held = await project(held, records);
    },
  };
}

/** Fills the shadow of a projection from the log, by the code that fills the live one. It goes on where it was left. */
export class ShadowFill {
  readonly #open = new Map<string, Opened>();
  constructor(
    private readonly deps: FillDeps,
    private readonly name: ShadowName,
    private readonly projection: Projection,
  ) {}

  /** Brings the shadow up to where the standings are, and no further. @throws the signal's reason */
  async upTo(standings: readonly Standing[], watch: FillWatch): Promise<void> {
    for (const standing of standings) await this.#fillPartition(standing, watch);
  }

  /** Offsets up to which the shadow is filled, by partition of its only topic. */
  async #partition({ topic, partition }: Standing): Promise<Opened> {
    const id = `${topic}/${partition}`;
    const known = this.#open.get(id);
    if (known !== undefined) return known;
    const shadow = shadowSource(this.deps.source, this.name);
    const lease = await takeLease(shadow, { group: this.projection, topic, partition }, this.deps.holder);
    const opened = await openPartition(this.deps, this.name, this.projection, lease);
    this.#open.set(id, opened);
    return opened;
  }

  async #fillPartition(standing: Standing, watch: FillWatch): Promise<void> {
    const { topic, partition, nextOffset: to } = standing;
    const opened = await this.#partition(standing);
    let next = opened.nextOffset();
    for await (const records of this.deps.log.read(topic, partition, next, to)) {
      watch.signal.throwIfAborted();
      const begun = performance.now();
      for (const { offset } of records) {
        if (offset !== next) watch.gap({ topic, partition, from: next, to: offset });
        next = offset + 1;
      }
      await opened.advance(records);
      await watch.taken(records.length, performance.now() - begun);
    }
    if (next < to) watch.gap({ topic, partition, from: next, to });
  }
}
