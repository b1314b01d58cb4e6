import { randomBytes } from 'node:crypto';
import type { Deletions } from '@runledger/access';
import { type ArtifactDoor, type Artifacts, NO_POLICIES } from '@runledger/artifacts';
import { createPublish, type Publish, type Publishing, type PublishLimits, type PublishUnmoved } from '@runledger/bus';
import type { ClickHouse } from '@runledger/clickhouse';
import type { Commands } from '@runledger/commands';
import { type Limits, type StorageLimits, unlimited, unlimitedStorage } from '@runledger/limits';
import type { Live } from '@runledger/live';
import { type PersonalData, searchSealed } from '@runledger/personal';
import {
  createExperimentSearch,
  createLoggedModelSearch,
  createMetadataReads,
  createModelSearch,
  createPositionReads,
  createRunSearch,
  type LoggedModelSearches,
  type MetadataReads,
  type ModelSearches,
  type openDataSource,
  type RunSearches,
} from '@runledger/postgres';
import {
  createGoals,
  createGoalWaiter,
  createHistoryReads,
  createPageTokens,
  type HistoryReads,
  type LogEnds,
  type PageTokens,
  readsThatEnd,
  type Scope,
  shareCalls,
} from '@runledger/reads';
import type { WebhookDoor } from '@runledger/webhooks';
import { createRunGate, type RunGate } from './run-gate';

/** What this room needs. Opened by main, or by all-in-one; never in here. */
export type MlflowPorts = Readonly<{
  source: Awaited<ReturnType<typeof openDataSource>>;
  clickhouse: ClickHouse;
  log: LogEnds & Publishing;
  live: Live;
  commands: Commands;
  artifacts: Artifacts;
  /** What policies say of artifacts; nothing when absent. */
  artifactDoor?: ArtifactDoor;
  webhooks: WebhookDoor;
  /** Who may delete where. */
  deletions: Deletions;
  /** Signs page tokens. Processes that serve the same clients share it; a random one when absent. */
  pageSecret?: string | undefined;
  limits?: Partial<PublishLimits>;
  /** What callers may have; unlimited when absent. */
  quotas?: Limits;
  /** What may be kept; unlimited when absent. */
  storage?: StorageLimits;
  /** Opens what is sealed of people, to find it by what it says; nothing is found so when absent. */
  personal?: PersonalData | null;
}>;

/** What the routes work with. */
export type MlflowRoom = Readonly<{
  publish: Publish;
  /** Absent where the log cannot tell whether something has moved. */
  publishUnmoved: PublishUnmoved | undefined;
  commands: Commands;
  /** Waits until everything that was acknowledged before is in what an answer is made of: clients of MLflow know no tokens. */
  settle(scope: Scope): Promise<void>;
  gate: RunGate;
  metadata: MetadataReads;
  searches: RunSearches;
  experiments: ReturnType<typeof createExperimentSearch>;
  models: ModelSearches;
  loggedModels: LoggedModelSearches;
  histories: HistoryReads;
  pages: PageTokens;
  artifacts: Artifacts;
  artifactDoor: ArtifactDoor;
  webhooks: WebhookDoor;
  deletions: Deletions;
  quotas: Limits;
  storage: StorageLimits;
  /** Called when the server stops, before it waits for what is under way. */
  onModuleDestroy(): void;
}>;

const PUBLISH_LIMITS: PublishLimits = { publishTimeoutMs: 2_500, pendingBytes: 128 * 1024 * 1024 };
/** Longest wait for the projections; then 503, on which clients try again. */
const WAIT_MS = 10_000;

/** The log's ends, asked once for all who ask at a time. */
function sharedEnds(log: LogEnds): LogEnds {
  const share = shareCalls((topics: string) => log.ends(topics.split(' ')));
  return { incarnation: log.incarnation, ends: (topics) => share(topics.join(' ')) };
}

export function openMlflowRoom(ports: MlflowPorts): MlflowRoom {
  const { source, log, live, artifacts, commands, webhooks, deletions, personal } = ports;
  const reads = readsThatEnd(createPositionReads(source));
  const offsets = shareCalls(() => reads.offsets());
  const positions = {
    offsets: () => offsets(''),
    journal: shareCalls((workspace: string) => reads.journal(workspace)),
  };
  const goals = createGoals(sharedEnds(log), positions);
  const { waitFor, close } = createGoalWaiter(goals, live);
  const metadata = readsThatEnd(createMetadataReads(source));
  const searches = searchSealed(readsThatEnd(createRunSearch(source)), 'run', personal);
  const settle = async (scope: Scope): Promise<void> => {
    const { goal, missing } = await goals.now(scope);
    await waitFor(goal, WAIT_MS, missing);
  };
  return {
    ...createPublish(log, { ...PUBLISH_LIMITS, ...ports.limits }),
    commands,
    settle,
    gate: createRunGate({ settle, ends: log, positions: reads, metadata }),
    metadata,
    searches,
    experiments: searchSealed(readsThatEnd(createExperimentSearch(source)), 'experiment', personal),
    models: searchSealed(readsThatEnd(createModelSearch(source)), 'model-version', personal),
    loggedModels: searchSealed(readsThatEnd(createLoggedModelSearch(source)), 'logged-model', personal),
    histories: readsThatEnd(createHistoryReads(ports)),
    pages: createPageTokens(ports.pageSecret ?? randomBytes(32)),
    artifacts,
    artifactDoor: ports.artifactDoor ?? NO_POLICIES,
    webhooks,
    deletions,
    quotas: ports.quotas ?? unlimited,
    storage: ports.storage ?? unlimitedStorage,
    onModuleDestroy: close,
  };
}
