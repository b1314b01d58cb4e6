import { z } from 'zod';
import { defineEvent } from '../define-event';
import { artifactDigest } from '../erased-artifact';
import { entityId, instant, text } from '../names';
import { listDigest, retentionDays } from '../retention-names';

/** Files that the event names itself; of more there are the totals, and the digest of the list. */
export const MOST_LISTED = 50;

/** The artifacts of a run are over: bytes that nobody else has are taken away from now on, and no more are taken in. */
export const artifactsExpired = defineEvent({
  type: 'artifacts.expired',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    run: entityId,
    project: entityId,
    /** By whose order: the policy of a retention.set of the project, and what it said. */
    policy: entityId,
    days: retentionDays,
    ended: instant,
    /** What was there, in every version: bytes count once for each. */
    files: z.int().min(0),
    bytes: z.int().min(0),
    /** Over a line `<path as JSON> <digest> <size>` for each, in the order of paths and digests. */
    digest: listDigest,
    listed: z
      .array(z.strictObject({ path: text(1_000), digest: artifactDigest, size: z.int().min(0) }))
      .max(MOST_LISTED),
  }),
  lifts: {},
});
