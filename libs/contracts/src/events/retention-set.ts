import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, instant, name } from '../names';
import { retentionTerm } from '../retention-names';

/** How long a project keeps what its runs have logged. Null days: for ever. */
export const retentionSet = defineEvent({
  type: 'retention.set',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    project: entityId,
    /** Chosen by the command: what goes names it as the order by which it went. */
    policy: entityId,
    at: instant,
    points: retentionTerm,
    artifacts: retentionTerm,
    /** Where its grounds are kept, for example a rule; never whom it is about. */
    reference: name(200),
  }),
  lifts: {},
});
