import { z } from 'zod';
import { defineEvent } from '../define-event';
import { evidence, gateTarget, ofVersion } from '../governance-names';
import { entityId } from '../names';

/** A version was promoted through every gate that there was, on what stands here. */
export const gatePassed = defineEvent({
  type: 'gate.passed',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    ...ofVersion,
    target: gateTarget,
    approvals: z.array(entityId).max(1_000),
    evidence,
  }),
  lifts: {},
});
