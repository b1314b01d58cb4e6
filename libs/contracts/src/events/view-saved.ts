import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, name, text } from '../names';

/** A view of an experiment's runs was saved, for the first time, anew, or after it was deleted. Its name is unique in the experiment. */
export const viewSaved = defineEvent({
  type: 'view.saved',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    view: entityId,
    experiment: entityId,
    name: name(200),
    /** The part of an address behind its question mark. */
    search: text(20_000),
  }),
  lifts: {},
});
