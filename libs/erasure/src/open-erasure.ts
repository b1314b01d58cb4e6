import type { LockedPlace } from '@runledger/artifacts';
import type { Logger, Scope } from '@runledger/kernel';
import { createPersonStore } from '@runledger/people';
import type { PersonalData } from '@runledger/personal';
import { createArtifactLocks, createDueRuns, createErasedArtifacts } from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import { createApprovedErasures } from './approved-erasures';
import { Eraser } from './eraser';
import type { RemovingBytes } from './remove-bytes';
import { openStones } from './stones';

export type ErasureParts = Readonly<{
  source: DataSource;
  personal: PersonalData;
  artifacts: RemovingBytes['artifacts'];
  /** Where stones are kept outside of all backups; nowhere when absent. */
  stones?: LockedPlace | undefined;
  logger: Logger;
}>;

/** Opens what carries erasures out. It has caught up with the journal when this resolves, before anything is served. */
export async function openErasure(scope: Scope, { source, personal, artifacts, stones: place, logger }: ErasureParts) {
  const people = createPersonStore(source, personal);
  await people.sealOlder();
  const stones = place === undefined ? null : await openStones(place);
  const eraser = await scope.start('erasures', async () => {
    const erasing = { personal, people, approved: createApprovedErasures(source), stones };
    const [files, locked] = [createErasedArtifacts(source), createArtifactLocks(source)];
    const value = new Eraser(erasing, { files, due: createDueRuns(source), locked, artifacts, logger }, logger);
    await value.start();
    return { value, stop: () => value.stop() };
  });
  return { people, eraser };
}
