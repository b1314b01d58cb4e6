import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, name } from '../names';

/** A project got another name; its id stays. */
export const projectRenamed = defineEvent({
  type: 'project.renamed',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ project: entityId, from: name(500), to: name(500) }),
  lifts: {},
});
