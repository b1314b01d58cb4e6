import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId } from '../names';

/** Somebody signed out. A session that ends by itself leaves no event: its end stands in its beginning. */
export const sessionClosed = defineEvent({
  type: 'session.closed',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ session: entityId }),
  lifts: {},
});
