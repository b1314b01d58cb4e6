import { Fault } from '@runledger/kernel';
import type { Artifacts } from './artifacts';
import { openOrTell } from './open-or-tell';

/** That bytes were erased: by which erasure, and when. */
export type ErasedBytes = Readonly<{ erasure: string; at: string }>;

/** The same artifacts, which say of bytes that are missing because they were erased that they were: with the code ARTIFACTS_ERASED, and `ErasedBytes` as its context. */
export const tellErased = (
  artifacts: Artifacts,
  erased: Readonly<{ find(digest: string): Promise<ErasedBytes | null> }>,
): Artifacts => ({
  direct: artifacts.direct,
  locks: artifacts.locks,
  put: (bytes, limits) => artifacts.put(bytes, limits),
  has: (digest) => artifacts.has(digest),
  remove: (digest) => artifacts.remove(digest),
  open: openOrTell(artifacts, async (digest) => {
    const context = await erased.find(digest);
    if (context === null) return null;
    const message = `these bytes were erased on ${context.at.slice(0, 10)} by erasure ${context.erasure}; the ledger proves that they existed`;
    return new Fault('missing', 'ARTIFACTS_ERASED', message, { context });
  }),
});
