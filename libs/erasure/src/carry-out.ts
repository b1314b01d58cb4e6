import { failpoint } from '@runledger/kernel';
import type { PersonStore } from '@runledger/people';
import type { PersonalData } from '@runledger/personal';
import type { Approved, ApprovedErasures } from './approved-erasures';
import type { Stones } from './stones';

export type Erasing = Readonly<{
  personal: PersonalData;
  people: PersonStore;
  approved: ApprovedErasures;
  /** Null where none are kept outside. */
  stones: Stones | null;
}>;

/** Each step can be done again: whoever is killed in between begins anew. */
async function carryOut({ personal, people, approved, stones }: Erasing, erasure: Approved): Promise<void> {
  const { workspace, at } = erasure;
  failpoint('erasure.before-keys');
  for (const whose of erasure.subjects) {
    await personal.subjects.destroy(workspace, whose, { erasure: erasure.erasure, at });
    failpoint('erasure.after-key');
  }
  for (const person of erasure.people) await people.forget(workspace, person);
  await stones?.keep({
    ...erasure,
    subjects: [...erasure.subjects],
    people: [...erasure.people],
    artifacts: await approved.artifactsOf(erasure),
  });
  failpoint('erasure.before-done');
  await approved.done(erasure);
}

/** What lies outside and is not known here was erased after the time from which this database was restored. */
export async function takeOverStones({ approved, stones }: Erasing): Promise<void> {
  if (stones !== null) for await (const stone of stones.all()) await approved.takeOver(stone);
}

/** Carries out what was decided and is not done; at a start everything once more. */
export async function carryOutAll(erasing: Erasing, which: 'all' | 'open'): Promise<void> {
  for (const erasure of await erasing.approved.list(which)) await carryOut(erasing, erasure);
}
