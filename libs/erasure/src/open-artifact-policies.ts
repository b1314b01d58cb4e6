import type { ArtifactDoor, Artifacts } from '@runledger/artifacts';
import type { Log } from '@runledger/bus';
import type { Logger, Scope } from '@runledger/kernel';
import type { DataSource } from 'typeorm';
import { createArtifactDoor } from './artifact-door';
import { openArtifactExpirer } from './artifact-expirer';
import { openArtifactLocker } from './artifact-locker';
import type { ExpiredSet } from './expired-set';

export type ArtifactPoliciesParts = Readonly<{
  source: DataSource;
  log: Pick<Log, 'ends'>;
  artifacts: Pick<Artifacts, 'remove' | 'locks'>;
  expired: ExpiredSet;
  logger: Logger;
}>;

/** Opens what locks artifacts and takes them away as policies say. Answers what a door in the same process has to ask. */
export async function openArtifactPolicies(
  scope: Scope,
  { expired, ...parts }: ArtifactPoliciesParts,
): Promise<ArtifactDoor> {
  const { source, logger } = parts;
  const { locks } = parts.artifacts;
  await openArtifactExpirer(scope, parts);
  await openArtifactLocker(scope, { source, locks, logger });
  return createArtifactDoor(source, locks, expired);
}
