import type { ShadowPoints } from '@runledger/clickhouse';
import { Fault, failpoint } from '@runledger/kernel';
import {
  beginRebuild,
  createShadow,
  dropRolledMarks,
  dropShadow,
  endRebuild,
  fenceStandings,
  fitsShadow,
  forgetRolled,
  goneSeries,
  holdStandings,
  lettersOfShadow,
  markSwapping,
  moveTables,
  NO_IDLE_LIMIT,
  type Projection,
  projectionState,
  type Standing,
  standingsOf,
  swapShadow,
  tellRebuild,
  withinTransaction,
} from '@runledger/postgres';
import type { EntityManager } from 'typeorm';
import type { CheckDeps } from './check-projection';
import { createDeadLetters } from './dead-letters';
import { SeriesPartition } from './series-partition';
import { SERIES_GROUP } from './series-room';
import { watchThresholds } from './series-thresholds';
import { type LogGap, NO_LOG, ShadowFill } from './shadow-fill';

const NAME = 'rebuild';
/** So few records behind, the rest is read while projecting waits. */
const NEAR = 500;
const MOST_PASSES = 20;

export type RebuildOptions = Readonly<{
  version: number;
  /** The demand that this rebuild answers. */
  met: number;
  signal: AbortSignal;
  rest(workedMs: number): Promise<void>;
}>;

/** Is it to be tried again: others have the tables, or the partitions were taken in between. */
export class NotYet extends Error {}

const brokenLog = ({ topic, partition, from, to }: LogGap): Fault =>
  new Fault(
    'conflict',
    'PROJECTOR_LOG_GAP',
    `the log lacks offsets ${from} to ${to - 1} of ${topic}/${partition}: a rebuild would lose what was made of them`,
  );

/** Fills a projection anew from the log, beside the live one, and puts it in its place (ADR 31). */
export class Rebuild {
  #records = 0;
  readonly #fill: ShadowFill;
  readonly #points: ShadowPoints;

  constructor(
    private readonly deps: CheckDeps,
    private readonly projection: Projection,
    private readonly options: RebuildOptions,
  ) {
    this.#fill = new ShadowFill(deps, NAME, projection);
    this.#points = deps.pointsOf(NAME);
  }

  /** Begins, or goes on where a process that died was. */
  async prepare(): Promise<void> {
    const { source } = this.deps;
    const state = await projectionState(source, this.projection);
    if (state?.swapping === true) await this.#resetRolled();
    const isOurs = state?.fillingVersion === this.options.version && !state.swapping;
    if (isOurs && (await this.#isWhole())) return;
    await createShadow(source, NAME);
    if (this.projection === 'series') await this.#points.create();
    await beginRebuild(source, this.projection, this.options.version);
  }

  /** Reads the log until little is left. */
  async fill(): Promise<void> {
    const { source } = this.deps;
    for (let pass = 0; pass < MOST_PASSES; pass++) {
      const before = this.#records;
      await this.#upTo(await standingsOf(source, this.projection));
      if (this.#records - before < NEAR) break;
    }
    await this.#forgetExpired(source);
  }

  /** The log tells what has expired for as long as it has it. Whoever takes points away waits while tables change places. */
  async #forgetExpired(of: Parameters<typeof goneSeries>[0]): Promise<void> {
    if (this.projection === 'series') await this.#points.forget(await goneSeries(of));
  }

  /** @throws NotYet, Fault conflict PROJECTOR_LOG_GAP, PROJECTOR_REBUILD_REFUSES */
  async swap(): Promise<void> {
    const { source, holder } = this.deps;
    if (this.projection === 'series') await markSwapping(source, this.projection);
    // Before any of them is moved: whoever had a partition stores nothing more in the old points.
    const fenced = await fenceStandings(source, this.projection, holder);
    await this.#tell('swapping');
    await source.transaction(async (tx) => {
      await tx.query(NO_IDLE_LIMIT);
      if (!(await moveTables(tx))) throw new NotYet('somebody compares or rolls');
      const held = await holdStandings(tx, this.projection);
      if (!isSame(fenced, held)) throw new NotYet('a partition was taken meanwhile');
      await this.#upTo(this.projection === 'series' ? await this.#settleRanges(tx, held) : held);
      await this.#refuseLosses();
      await this.#forgetExpired(tx);
      await swapShadow(tx, NAME, this.projection);
      await endRebuild(tx, this.projection, this.options);
      failpoint('rebuild.before-swap');
      // The engine's tables change places before Postgres commits: should this process die in between, both stores hold the same
      // rows up to the held offsets, and what lies behind them is looked for by whoever has the partition next.
      if (this.projection === 'series') await this.#points.swap();
      failpoint('rebuild.after-exchange');
    });
    failpoint('rebuild.after-swap');
  }

  async clean(): Promise<void> {
    await dropShadow(this.deps.source, NAME);
    if (this.projection === 'series') await this.#points.drop();
  }

  /** Where a process died as tables changed places, nobody knows which points the rollups are of. */
  async #resetRolled(): Promise<void> {
    await this.deps.source.transaction(async (tx) => {
      if (!(await moveTables(tx))) throw new NotYet('somebody compares or rolls');
      await tx.query(NO_IDLE_LIMIT);
      await forgetRolled(tx);
      await dropRolledMarks(tx);
      await this.#points.dropRolled();
    });
  }

  async #isWhole(): Promise<boolean> {
    const fits = await fitsShadow(this.deps.source, NAME);
    return fits && (this.projection !== 'series' || (await this.#points.isThere()));
  }

  async #upTo(standings: readonly Standing[]): Promise<void> {
    const ofRecords = standings.reduce((sum, { nextOffset }) => sum + nextOffset, 0);
    await this.#fill.upTo(standings, {
      signal: this.options.signal,
      gap: (gap) => {
        throw brokenLog(gap);
      },
      taken: async (records, workedMs) => {
        this.#records += records;
        await this.#tell('reading', ofRecords);
        await this.options.rest(workedMs);
      },
    });
  }

  #tell(stage: string, ofRecords = this.#records): Promise<unknown> {
    return tellRebuild(this.deps.source, this.projection, { stage, records: this.#records, ofRecords });
  }

  /** What was applied once, and this release cannot read, would be lost to whoever reads. */
  async #refuseLosses(): Promise<void> {
    const [letter] = await lettersOfShadow(this.deps.source, NAME, this.projection);
    if (letter !== undefined)
      throw new Fault(
        'conflict',
        'PROJECTOR_REBUILD_REFUSES',
        `this release cannot apply ${letter}, which was applied before: is it too old? The live rows stay`,
      );
  }

  /** Points of a range that is stored and not done are read already: it is finished, so that they are in the shadow, too. */
  async #settleRanges(tx: EntityManager, held: readonly Standing[]): Promise<readonly Standing[]> {
    const { deps } = this;
    for (const { topic, partition, epoch, nextOffset } of held) {
      const deadLetters = createDeadLetters(NO_LOG, SERIES_GROUP);
      const lease = { group: SERIES_GROUP, topic, partition, epoch, nextOffset };
      const thresholds = watchThresholds(deps.logger);
      await SeriesPartition.open({ ...deps, source: withinTransaction(tx), deadLetters, thresholds }, lease);
    }
    return standingsOf(tx, this.projection);
  }
}

const isSame = (a: readonly Standing[], b: readonly Standing[]): boolean =>
  a.length === b.length && a.every((one, i) => one.epoch === b[i]?.epoch && one.partition === b[i]?.partition);
