import type { Deletions, KeyStore } from '@runledger/access';
import { type ArtifactDoor, type Artifacts, NO_POLICIES } from '@runledger/artifacts';
import { createPublish, type Publish, type Publishing, type PublishLimits } from '@runledger/bus';
import type { Commands } from '@runledger/commands';
import { type Limits, type StorageLimits, unlimited, unlimitedStorage } from '@runledger/limits';
import type { WebhookDoor } from '@runledger/webhooks';
import type { CommandPlaces } from './keep-command-to-reach';
import type { SettledRuns } from './keep-from-deleting';
import type { RunPlaces } from './keep-to-reach';

export type IngestLimits = PublishLimits & Readonly<{ artifactBytes: number }>;

/** What this service needs. Opened by its main file, or by all-in-one. */
export type IngestPorts = Readonly<{
  log: Publishing;
  commands: Commands;
  artifacts: Pick<Artifacts, 'put'>;
  /** What policies say of artifacts; nothing when absent. */
  artifactDoor?: ArtifactDoor;
  webhooks: Pick<WebhookDoor, 'run'>;
  keys: KeyStore;
  places: RunPlaces & CommandPlaces;
  /** Who may delete where. */
  deletions: Deletions;
  /** Where runs lie that somebody deletes. */
  settled: SettledRuns;
  limits?: Partial<IngestLimits>;
  /** What callers may have; unlimited when absent. */
  quotas?: Limits;
  /** What may be kept; unlimited when absent. */
  storage?: StorageLimits;
}>;

/** What its controllers get. */
export type IngestRoom = Readonly<{
  log: Publishing;
  publish: Publish;
  commands: Commands;
  artifacts: Pick<Artifacts, 'put'>;
  artifactDoor: ArtifactDoor;
  webhooks: Pick<WebhookDoor, 'run'>;
  keys: KeyStore;
  places: RunPlaces & CommandPlaces;
  deletions: Deletions;
  settled: SettledRuns;
  artifactBytes: number;
  quotas: Limits;
  storage: StorageLimits;
}>;
export const INGEST_ROOM = Symbol('ingest-room');

const GIB = 1024 * 1024 * 1024;
export const INGEST_LIMITS: IngestLimits = {
  publishTimeoutMs: 2_500,
  pendingBytes: GIB / 8,
  artifactBytes: 64 * GIB,
};

export function openIngestRoom({
  limits,
  quotas = unlimited,
  storage = unlimitedStorage,
  artifactDoor = NO_POLICIES,
  ...ports
}: IngestPorts): IngestRoom {
  const all = { ...INGEST_LIMITS, ...limits };
  const { publish } = createPublish(ports.log, all);
  return { ...ports, publish, artifactBytes: all.artifactBytes, artifactDoor, quotas, storage };
}
