import { z } from 'zod';
import { defineEvent } from '../define-event';
import { ofVersion } from '../governance-names';
import { entityId, text } from '../names';

/** An approval counts no more. */
export const approvalWithdrawn = defineEvent({
  type: 'approval.withdrawn',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ ...ofVersion, approval: entityId, reason: text(10_000).min(1) }),
  lifts: {},
});
