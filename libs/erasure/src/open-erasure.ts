import type { Logger, Scope } from '@runledger/kernel';
import { createPersonStore } from '@runledger/people';
import type { PersonalData } from '@runledger/personal';
import type { DataSource } from 'typeorm';
import { createApprovedErasures } from './approved-erasures';
import { Eraser } from './eraser';

export type ErasureParts = Readonly<{ source: DataSource; personal: PersonalData; logger: Logger }>;

/** Opens what carries erasures out. It has caught up with the journal when this resolves, before anything is served. */
export async function openErasure(scope: Scope, { source, personal, logger }: ErasureParts) {
  const people = createPersonStore(source, personal);
  await people.sealOlder();
  const eraser = await scope.start('erasures', async () => {
    const value = new Eraser({ personal, people, approved: createApprovedErasures(source) }, logger);
    await value.start();
    return { value, stop: () => value.stop() };
  });
  return { people, eraser };
}
