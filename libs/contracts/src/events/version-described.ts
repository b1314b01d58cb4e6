import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, text, versionNumber } from '../names';

/** A version of a model got another description. */
export const versionDescribed = defineEvent({
  type: 'version.described',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ model: entityId, version: versionNumber, description: text(100_000) }),
  lifts: {},
});
