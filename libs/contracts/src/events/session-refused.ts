import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, instant, name } from '../names';

/** Somebody whom an issuer was to vouch for was not let in: why, and how often in some seconds of one process. */
export const sessionRefused = defineEvent({
  type: 'session.refused',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    issuer: entityId,
    code: name(64),
    count: z.int().min(1),
    since: instant,
    until: instant,
  }),
  lifts: {},
});
