import { z } from 'zod';
import { defineEvent } from '../define-event';
import { instant, name } from '../names';

/** Somebody who is known asked for what he may not do: how often, in some seconds of one process. */
export const accessRefused = defineEvent({
  type: 'access.refused',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    /** Surrogate id of who asked. */
    who: name(500),
    permission: name(64),
    /** Method and pattern of the route, never the address that was asked. */
    route: name(500),
    count: z.int().min(1),
    since: instant,
    until: instant,
  }),
  lifts: {},
});
