import { z } from 'zod';
import { defineEvent } from '../define-event';
import { gateTarget } from '../governance-names';
import { entityId } from '../names';

/** A gate is there no more. */
export const gateLifted = defineEvent({
  type: 'gate.lifted',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    of: z.strictObject({ kind: z.enum(['model', 'project']), id: entityId }),
    target: gateTarget,
  }),
  lifts: {},
});
