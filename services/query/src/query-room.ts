import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { type AccessReads, createAccessReads } from '@runledger/access';
import type { Artifacts } from '@runledger/artifacts';
import { createPastSummaries, tableSizes } from '@runledger/clickhouse';
import { isEveryProject, type Reach } from '@runledger/contracts';
import { createJournalReads, type JournalReads } from '@runledger/journal';
import { Fault } from '@runledger/kernel';
import { type Limits, type StorageLimits, unlimited, unlimitedStorage } from '@runledger/limits';
import { searchSealed } from '@runledger/personal';
import {
  type AsOf,
  bareRun,
  type CompareReads,
  type ConsoleReads,
  createCompareReads,
  createConsoleReads,
  createDeletionReads,
  createExpiryReads,
  createLineageReads,
  createMetadataReads,
  createPositionReads,
  createReceiptReads,
  createRunClaims,
  createRunSearch,
  createSizeReads,
  cutOfRun,
  type DeletionReads,
  type ExpiryReads,
  type HandedOut,
  type LineageReads,
  type MetadataReads,
  noteHandedOut,
  type PositionReads,
  type ReceiptReads,
  type RunRecord,
  type RunSearches,
  type SizeReads,
} from '@runledger/postgres';
import {
  createAsOf,
  createGoals,
  createGoalWaiter,
  createPageTokens,
  createSeriesReads,
  type LogEnds,
  type PageTokens,
  type RunOf,
  readsThatEnd,
  type SeriesReads,
} from '@runledger/reads';
import { createWebhookReads, type WebhookReads } from '@runledger/webhooks';
import { type CurveCharts, createCurveCharts } from './curve-charts';
import type { CurveTable } from './curve-table';
import { createFreshReads, type Settle } from './fresh-reads';
import { createLagOf, createStandings, type Standings } from './lag';
import { createLiveFeeds, type LiveFeeds } from './live-feed';
import { asArrow } from './poured-table';
import type { QueryPorts } from './query-ports';
import { createRunResults, type RunResults } from './run-results';
import { createStatements, type Statements } from './statements';
import { createVersionGovernance, type VersionGovernance } from './version-governance';

/** Everything that the controllers read from. */
export type QueryRoom = Readonly<{
  settle: Settle;
  pages: PageTokens;
  metadata: MetadataReads;
  series: SeriesReads;
  console: ConsoleReads;
  charts: CurveCharts;
  live: LiveFeeds;
  search: RunSearches;
  compare: CompareReads;
  expiries: ExpiryReads;
  deletions: DeletionReads;
  lineage: LineageReads;
  receipts: ReceiptReads;
  sizes: SizeReads;
  seriesSizes: () => ReturnType<typeof tableSizes>;
  positions: PositionReads;
  standings: Standings;
  artifacts: Artifacts;
  statements: Statements;
  /** A table in Arrow's stream format. */
  asArrow(table: CurveTable, signal: AbortSignal): Promise<Readable>;
  webhooks: WebhookReads;
  journal: JournalReads;
  access: AccessReads;
  quotas: Limits;
  storage: StorageLimits;
  /** Keeps that a file leaves that may tell of people. */
  noteHandedOut(what: HandedOut): Promise<void>;
  runResults: RunResults;
  versionGovernance: VersionGovernance;
  log: LogEnds;
  /** Where things lie, for who is kept to projects. */
  places: Pick<ReturnType<typeof createRunClaims>, 'inReach'>;
  /** @throws Fault missing QUERY_NO_RUN, also for a run of another workspace */
  runOf(reach: Reach, run: string, asOf?: AsOf): Promise<RunRecord>;
  /**
   * A run whose parts may be read. Looks it up only for who is kept to some projects, so that others pay nothing.
   * @throws Fault missing QUERY_NO_RUN
   */
  reached(reach: Reach, run: string): Promise<RunOf>;
  /** Those of the runs that lie in reach, in their order. Looks them up only for who is kept to some projects. */
  reachedAmong(reach: Reach, runs: readonly string[], asOf?: AsOf): Promise<readonly string[]>;
  /** Those of the logged models that lie in reach. Asked only for who is kept to some projects. */
  reachedLoggedModels(reach: Reach, models: readonly string[], asOf?: AsOf): Promise<ReadonlySet<string>>;
  /**
   * That what belongs to an experiment may be read. Asked only for who is kept to some projects.
   * @throws Fault missing QUERY_NO_EXPERIMENT
   */
  reachedExperiment(reach: Reach, experiment: string): Promise<void>;
  /** Called when the server stops, before it waits for what is under way. */
  onModuleDestroy(): void;
}>;

export function openQueryRoom(ports: QueryPorts): QueryRoom {
  const { source, log, live, artifacts } = ports;
  const positions = readsThatEnd(createPositionReads(source));
  const standings = createStandings(log, positions);
  const goals = createGoals(log, positions);
  const metadata = readsThatEnd(createMetadataReads(source));
  const series = readsThatEnd(createSeriesReads(ports));
  const { waitFor, close } = createGoalWaiter(goals, live);
  const search = searchSealed(
    readsThatEnd(createRunSearch(source, createPastSummaries(ports.clickhouse))),
    'run',
    ports.personal,
  );
  const feeds = createLiveFeeds({ source, live, log, positions, search });
  const asOf = readsThatEnd({ asOf: createAsOf(log, positions) }).asOf;
  async function runOf(reach: Reach, run: string, asOf?: AsOf): Promise<RunRecord> {
    const { workspace } = reach;
    const found = await metadata.getRun(reach, run, asOf);
    if (found !== null) return found;
    const mayBeBare = asOf !== undefined && isEveryProject(reach.projects);
    if (mayBeBare && (await series.hasPoints({ workspace, run }, asOf)))
      return bareRun(workspace, run, cutOfRun(asOf, workspace, run));
    throw new Fault('missing', 'QUERY_NO_RUN', 'there is no such run');
  }
  return {
    settle: createFreshReads({ goals, waitFor, lagOf: createLagOf(standings), asOf }),
    pages: createPageTokens(ports.pageSecret ?? randomBytes(32)),
    metadata,
    series,
    console: readsThatEnd(createConsoleReads(source)),
    charts: readsThatEnd(createCurveCharts(ports)),
    live: feeds,
    places: readsThatEnd(createRunClaims(source)),
    search,
    compare: readsThatEnd(createCompareReads(source)),
    expiries: readsThatEnd(createExpiryReads(source)),
    deletions: readsThatEnd(createDeletionReads(source)),
    lineage: readsThatEnd(createLineageReads(source)),
    receipts: readsThatEnd(createReceiptReads(source)),
    sizes: readsThatEnd(createSizeReads(source)),
    ...readsThatEnd({ seriesSizes: () => tableSizes(ports.clickhouse) }),
    positions,
    standings,
    artifacts,
    statements: createStatements(ports),
    webhooks: readsThatEnd(createWebhookReads(source)),
    journal: createJournalReads(source),
    access: readsThatEnd(createAccessReads(source)),
    quotas: ports.quotas ?? unlimited,
    storage: ports.storage ?? unlimitedStorage,
    noteHandedOut: (what) => noteHandedOut(source, what),
    ...readsThatEnd({
      asArrow: (table: CurveTable, signal: AbortSignal) => asArrow(ports.clickhouse, table, signal),
      runResults: createRunResults(ports),
      versionGovernance: createVersionGovernance(ports),
    }),
    log,
    runOf,
    async reached(reach, run) {
      if (!isEveryProject(reach.projects)) await runOf(reach, run);
      return { workspace: reach.workspace, run };
    },
    async reachedAmong(reach, runs, asOf) {
      if (isEveryProject(reach.projects)) return runs;
      return (await search.load(reach, runs, {}, asOf)).map(({ run }) => run);
    },
    reachedLoggedModels: (reach, models, asOf) => metadata.reachedLoggedModels(reach, models, asOf),
    async reachedExperiment(reach, experiment) {
      if (isEveryProject(reach.projects) || (await metadata.getExperiment(reach, experiment)) !== null) return;
      throw new Fault('missing', 'QUERY_NO_EXPERIMENT', 'there is no such experiment');
    },
    onModuleDestroy() {
      close();
      feeds.close();
    },
  };
}
