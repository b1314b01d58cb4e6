import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, name, text } from '../names';

/** A service account was created: something that is no person, and is known by its keys. */
export const serviceAccountCreated = defineEvent({
  type: 'service-account.created',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ account: entityId, name: name(500), description: text(100_000).default('') }),
  lifts: {},
});
