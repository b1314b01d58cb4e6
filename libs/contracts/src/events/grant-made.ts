import { z } from 'zod';
import { EFFECTS, grantee } from '../access-names';
import { defineEvent } from '../define-event';
import { entityId, name } from '../names';

/** Somebody was given a role, or is denied it: in a project, or in the whole workspace where none is named. */
export const grantMade = defineEvent({
  type: 'grant.made',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ grantee, role: name(64), project: entityId.optional(), effect: z.enum(EFFECTS) }),
  lifts: {},
});
