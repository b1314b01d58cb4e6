import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, name, text } from '../names';

/** A project was created, under a name that is unique in its workspace. Every experiment is in exactly one. */
export const projectCreated = defineEvent({
  type: 'project.created',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ project: entityId, name: name(500), description: text(100_000).default('') }),
  lifts: {},
});
