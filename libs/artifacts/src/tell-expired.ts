import { Fault } from '@runledger/kernel';
import type { Artifacts, Stored } from './artifacts';
import { openOrTell } from './open-or-tell';

/** That bytes have expired: by which decision they went, and when. */
export type ExpiredBytes = Readonly<{ event: string; at: string }>;
export type ExpiredBytesReads = Readonly<{
  find(digest: string): Promise<ExpiredBytes | null>;
  /** Whether they are about to go. */
  isGoing(digest: string): Promise<boolean>;
}>;

/**
 * The same artifacts, which say of bytes that are missing because they have expired that they have: with the code ARTIFACTS_EXPIRED, and
 * `ExpiredBytes` as its context. Bytes that are stored while they go are refused for a while (unavailable ARTIFACTS_GOING): they could go
 * behind the answer.
 */
export function tellExpired(artifacts: Artifacts, expired: ExpiredBytesReads): Artifacts {
  const { direct } = artifacts;
  async function staying(stored: Stored): Promise<Stored> {
    if (await expired.isGoing(stored.digest))
      throw new Fault('unavailable', 'ARTIFACTS_GOING', 'the same bytes are being taken away; send them again', {
        context: { retryAfter: 10 },
      });
    return stored;
  }
  return {
    locks: artifacts.locks,
    direct:
      direct === null
        ? null
        : {
            downloadUrl: (digest, how) => direct.downloadUrl(digest, how),
            begin: (parts) => direct.begin(parts),
            finish: async (upload, etags, limits) => staying(await direct.finish(upload, etags, limits)),
            abandon: (upload) => direct.abandon(upload),
          },
    put: async (bytes, limits) => staying(await artifacts.put(bytes, limits)),
    has: (digest) => artifacts.has(digest),
    remove: (digest) => artifacts.remove(digest),
    open: openOrTell(artifacts, async (digest) => {
      const context = await expired.find(digest);
      if (context === null) return null;
      const message = `these bytes expired on ${context.at.slice(0, 10)}, as decided by event ${context.event}; the ledger proves that they existed`;
      return new Fault('missing', 'ARTIFACTS_EXPIRED', message, { context: { ...context, details: context } });
    }),
  };
}
