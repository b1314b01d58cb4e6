import { failpoint } from '@runledger/kernel';
import type { PersonStore } from '@runledger/people';
import type { PersonalData } from '@runledger/personal';
import type { Approved, ApprovedErasures } from './approved-erasures';

export type Erasing = Readonly<{ personal: PersonalData; people: PersonStore; approved: ApprovedErasures }>;

/** Each step can be done again: whoever is killed in between begins anew. */
async function carryOut({ personal, people, approved }: Erasing, erasure: Approved): Promise<void> {
  const { workspace, at } = erasure;
  failpoint('erasure.before-keys');
  for (const whose of erasure.subjects) {
    await personal.subjects.destroy(workspace, whose, { erasure: erasure.erasure, at });
    failpoint('erasure.after-key');
  }
  for (const person of erasure.people) await people.forget(workspace, person);
  failpoint('erasure.before-done');
  await approved.done(erasure);
}

/** Carries out what was decided and is not done; at a start everything once more. */
export async function carryOutAll(erasing: Erasing, which: 'all' | 'open'): Promise<void> {
  for (const erasure of await erasing.approved.list(which)) await carryOut(erasing, erasure);
}
