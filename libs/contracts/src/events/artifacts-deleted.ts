import { z } from 'zod';
import { defineEvent } from '../define-event';
import { name } from '../names';

/** Paths of a run were taken away. Their history and their bytes stay; one that is not there is no error. */
export const artifactsDeleted = defineEvent({
  type: 'artifacts.deleted',
  topic: 'runs',
  version: 1,
  data: z.strictObject({ paths: z.array(name(1_000)).min(1).max(1_000) }),
  lifts: {},
});
