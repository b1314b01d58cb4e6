import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, instant, name } from '../names';
import { DELETERS } from '../retention-names';

/** From which role on things in a project may be deleted. `from`: what lets more people delete than before holds a while later. */
export const deletersSet = defineEvent({
  type: 'deleters.set',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    project: entityId,
    /** Chosen by the command, as that of `retention.set` is: it is one list of policies. */
    policy: entityId,
    at: instant,
    deleters: z.enum(DELETERS),
    from: instant,
    /** Where its grounds are kept, for example a rule; never whom it is about. */
    reference: name(200),
  }),
  lifts: {},
});
