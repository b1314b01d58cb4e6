import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, instant } from '../names';
import { listDigest, retentionDays } from '../retention-names';

/** The points of a run are over: they are taken away from now on, and no more are taken in. Its summaries stay. */
export const pointsExpired = defineEvent({
  type: 'points.expired',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    run: entityId,
    project: entityId,
    /** By whose order: the policy of a retention.set of the project, and what it said. */
    policy: entityId,
    days: retentionDays,
    ended: instant,
    /** What was there. */
    metrics: z.int().min(0),
    points: z.int().min(0),
    /** Over a line for each metric, as approvals have it. */
    digest: listDigest,
  }),
  lifts: {},
});
