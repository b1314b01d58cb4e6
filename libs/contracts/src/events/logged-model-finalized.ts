import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId } from '../names';

/** The files of a logged model are complete, or will never be. */
export const loggedModelFinalized = defineEvent({
  type: 'logged-model.finalized',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ loggedModel: entityId, status: z.enum(['ready', 'failed']) }),
  lifts: {},
});
