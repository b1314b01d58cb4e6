import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, instant, name } from '../names';

/**
 * A key of a service account was made. Neither it nor its digest is part of the record. A scope that a later release does not know
 * gives nothing.
 */
export const keyCreated = defineEvent({
  type: 'key.created',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    account: entityId,
    key: entityId,
    label: name(500),
    scopes: z.array(name(64)).max(100),
    /** Absent: all that the account reaches. */
    projects: z.array(entityId).max(1_000).optional(),
    expiresAt: instant.optional(),
    /** The key that it takes the place of. */
    replaces: entityId.optional(),
  }),
  lifts: {},
});
