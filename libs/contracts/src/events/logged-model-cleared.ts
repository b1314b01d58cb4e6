import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, name } from '../names';

/** Paths of a logged model were taken away. Their history and their bytes stay; one that is not there is no error. */
export const loggedModelCleared = defineEvent({
  type: 'logged-model.cleared',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ loggedModel: entityId, paths: z.array(name(1_000)).min(1).max(1_000) }),
  lifts: {},
});
