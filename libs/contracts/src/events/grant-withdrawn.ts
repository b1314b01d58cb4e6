import { z } from 'zod';
import { EFFECTS, grantee } from '../access-names';
import { defineEvent } from '../define-event';
import { entityId, name } from '../names';

/** A grant or a denial was taken back; what others give or take stays. */
export const grantWithdrawn = defineEvent({
  type: 'grant.withdrawn',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ grantee, role: name(64), project: entityId.optional(), effect: z.enum(EFFECTS) }),
  lifts: {},
});
