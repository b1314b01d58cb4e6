import { z } from 'zod';
import { defineEvent } from '../define-event';
import { gateNeeds, gateTarget } from '../governance-names';
import { entityId } from '../names';

/** Promotions of versions of a model, or of runs of a project, need this from now on. */
export const gateSet = defineEvent({
  type: 'gate.set',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    of: z.strictObject({ kind: z.enum(['model', 'project']), id: entityId }),
    target: gateTarget,
    ...gateNeeds,
  }),
  lifts: {},
});
