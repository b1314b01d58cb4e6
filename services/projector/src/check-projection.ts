import type { ShadowPoints } from '@runledger/clickhouse';
import type { Difference, Progress } from '@runledger/contracts/http';
import { isFault } from '@runledger/kernel';
import {
  type ComparedTable,
  comparedTables,
  createShadow,
  dropShadow,
  fenceStandings,
  forgetRolled,
  goneSeries,
  holdStandings,
  keepTables,
  mendRows,
  NO_IDLE_LIMIT,
  type Projection,
  type RowSubject,
  type ShadowName,
  type Standing,
  standingsOf,
} from '@runledger/postgres';
import { damageDifference, withArchive } from './archive-damage';
import { compareRows } from './compare-rows';
import { compareSeries, cutsOf, type LogEnds } from './compare-series';
import type { Found } from './differences';
import { type FillDeps, type LogGap, ShadowFill } from './shadow-fill';

export type CheckOptions = Readonly<{
  name: Exclude<ShadowName, 'rebuild'>;
  repair: boolean;
  signal: AbortSignal;
  /** What is waited for after work that took so many ms. */
  rest(workedMs: number): Promise<void>;
  tell(event: Progress | Difference): void;
}>;
export type CheckDeps = FillDeps & Readonly<{ pointsOf(name: ShadowName): ShadowPoints; ends: LogEnds }>;

/** Beyond these, a rebuild of the whole projection is quicker, and memory is bounded. */
const MOST_REPAIRED = 10_000;

const gapDifference = ({ topic, partition, from, to }: LogGap): Difference => ({
  kind: 'difference',
  workspace: '',
  subject: `${topic}/${partition}`,
  where: 'log',
  expected: { rows: to - from, digest: '' },
  found: null,
  missing: [`offsets ${from} to ${to - 1}`],
  unexpected: [],
  repaired: false,
});

/** One projection, checked: read again from the log into shadow tables, and compared with what people read. */
export class ProjectionCheck {
  readonly found: Found[] = [];
  records = 0;
  compared = 0;
  #of = 0;
  /** What the log lacks: by what is left nothing can be repaired. */
  readonly #gaps = new Map<string, LogGap>();
  #isDamaged = false;
  readonly #fill: ShadowFill;
  readonly #points: ShadowPoints;

  constructor(
    private readonly deps: CheckDeps,
    private readonly projection: Projection,
    private readonly options: CheckOptions,
  ) {
    this.#fill = new ShadowFill(deps, options.name, projection);
    this.#points = deps.pointsOf(options.name);
  }

  async run(): Promise<void> {
    const { source } = this.deps;
    await this.#create();
    try {
      const standings = await standingsOf(source, this.projection);
      this.#of = standings.reduce((sum, { nextOffset }) => sum + nextOffset, 0);
      if (await this.#read(standings)) await this.#compare();
      if (this.options.repair && this.#gaps.size === 0 && !this.#isDamaged) await this.#repair();
      for (const gap of this.#gaps.values()) this.options.tell(gapDifference(gap));
      for (const { difference } of this.found) this.options.tell(difference);
    } finally {
      await this.#drop();
    }
  }

  async #create(): Promise<void> {
    await createShadow(this.deps.source, this.options.name);
    if (this.projection === 'series') await this.#points.create();
  }

  async #drop(): Promise<void> {
    await dropShadow(this.deps.source, this.options.name);
    if (this.projection === 'series') await this.#points.drop();
  }

  #progress(stage: Progress['stage']): void {
    const of = Math.max(this.#of, this.records);
    this.options.tell({ kind: 'progress', what: this.projection, stage, records: this.records, of });
  }

  /** False: the log is not whole, so that there is nothing to compare with. */
  async #read(standings: readonly Standing[]): Promise<boolean> {
    let isReadable = true;
    const isThere = await withArchive(
      async () => {
        isReadable = await this.#fillUpTo(standings);
      },
      (damage) => {
        this.#isDamaged = true;
        this.options.tell(damageDifference(damage));
      },
    );
    return isThere && isReadable;
  }

  async #fillUpTo(standings: readonly Standing[]): Promise<boolean> {
    try {
      await this.#fill.upTo(standings, {
        signal: this.options.signal,
        gap: (gap) => this.#gaps.set(`${gap.topic}/${gap.partition}/${gap.from}`, gap),
        taken: async (records, workedMs) => {
          this.records += records;
          this.#progress('reading');
          await this.options.rest(workedMs);
        },
      });
      return true;
    } catch (error) {
      // The numbers of a journal are gapless: behind a missing decision none can be applied.
      if (!isFault(error) || error.code !== 'POSTGRES_CATALOG_GAP') throw error;
      return false;
    }
  }

  async #compare(): Promise<void> {
    this.#progress('comparing');
    const { source } = this.deps;
    const { name } = this.options;
    const found = (one: Found): void => void this.found.push(one);
    const tables = await comparedTables(source, this.projection);
    const parts = { source, projection: this.projection, name, tables, rest: this.options.rest };
    await compareRows(parts, {
      found,
      /** Both sides at the same place: the snapshot says where the live one is. */
      fill: async (standings) => void (await this.#read(standings)),
    }).then(async (standings) => {
      this.compared += tables.length;
      if (this.projection !== 'series') return;
      await this.#withoutExpired(() =>
        compareSeries({ source, points: this.#points, ends: this.deps.ends, standings, found }),
      );
      this.compared++;
    });
  }

  /** The log tells what has expired for as long as it has it. Meanwhile nothing more of it is taken away. */
  async #withoutExpired(work: () => Promise<void>): Promise<void> {
    await this.deps.source.transaction(async (tx) => {
      await tx.query(NO_IDLE_LIMIT);
      await keepTables(tx);
      await this.#points.forget(await goneSeries(tx));
      await work();
    });
  }

  /** Rebuilds what differs, thing by thing: whoever projects waits so long. */
  async #repair(): Promise<void> {
    this.#progress('repairing');
    const tables = await comparedTables(this.deps.source, this.projection);
    const mended = new Map<string, boolean>();
    for (const [i, one] of this.found.entries()) {
      if (one.subject === null || i >= MOST_REPAIRED) continue;
      const id = `${one.subject.workspace}/${one.subject.kind}/${one.subject.id}`;
      if (!mended.has(id)) {
        await this.#mendRows(tables, one.subject);
        mended.set(id, true);
      }
      if (one.series !== undefined) await this.#mendPoints(one.series);
      this.found[i] = { ...one, difference: { ...one.difference, repaired: true } };
    }
  }

  async #mendRows(tables: readonly ComparedTable[], subject: RowSubject): Promise<void> {
    await this.deps.source.transaction(async (tx) => {
      await tx.query(NO_IDLE_LIMIT);
      await this.#read(await holdStandings(tx, this.projection));
      await mendRows(tx, this.options.name, tables, subject);
      // Whoever projects series remembers receipts.
      if (this.projection === 'series') await fenceStandings(tx, this.projection, this.deps.holder);
    });
  }

  async #mendPoints(series: number): Promise<void> {
    const cuts = cutsOf(await standingsOf(this.deps.source, this.projection));
    await this.#read(await standingsOf(this.deps.source, this.projection));
    await this.#withoutExpired(() => this.#points.mend(series, cuts));
    await forgetRolled(this.deps.source);
  }
}
