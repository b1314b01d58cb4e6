import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, text } from '../names';

/** A project got another description. */
export const projectDescribed = defineEvent({
  type: 'project.described',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ project: entityId, description: text(100_000) }),
  lifts: {},
});
