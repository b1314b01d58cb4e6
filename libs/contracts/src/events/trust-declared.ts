import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, name } from '../names';

/**
 * Jobs whose tokens an issuer signs may act as a service account, where all conditions hold. A scope that a later release does not know
 * gives nothing.
 */
export const trustDeclared = defineEvent({
  type: 'trust.declared',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    trust: entityId,
    /** By its name in the operator's file. */
    issuer: entityId,
    account: entityId,
    /** Claims of the token, and what they must look like: `*` stands for anything without a colon. */
    conditions: z.array(z.strictObject({ claim: name(100), pattern: name(500) })).max(20),
    scopes: z.array(name(64)).max(100),
    /** Absent: all that the account reaches. */
    projects: z.array(entityId).max(1_000).optional(),
    lifetimeSeconds: z.int().min(1),
  }),
  lifts: {},
});
