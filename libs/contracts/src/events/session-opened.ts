import { z } from 'zod';
import { SESSION_KINDS } from '../access-names';
import { defineEvent } from '../define-event';
import { entityId, instant, name } from '../names';
import { personal } from '../sealed-text';

/** The event's actor signed in: a person in a browser or at a terminal, or a job by its issuer's token. */
export const sessionOpened = defineEvent({
  type: 'session.opened',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    session: entityId,
    kind: z.enum(SESSION_KINDS),
    /** Who vouched, by its name in the operator's file. */
    issuer: entityId,
    /** It ends then at the latest. */
    expiresAt: instant,
    /** Of a job: the rule that let it in, and what its issuer calls it. */
    trust: entityId.optional(),
    workload: personal(name(500)).optional(),
  }),
  lifts: {},
});
