import { z } from 'zod';
import { defineEvent } from '../define-event';
import { objectiveMembers, objectiveScope } from '../governance-names';
import { entityId } from '../names';

/** What runs of a project or an experiment are to reach was defined, for the first time or anew. */
export const objectiveDefined = defineEvent({
  type: 'objective.defined',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    objective: entityId,
    /** How often it has been defined, this time included. */
    number: z.int().min(1),
    scope: objectiveScope,
    ...objectiveMembers,
  }),
  lifts: {},
});
