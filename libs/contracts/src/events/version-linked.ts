import { z } from 'zod';
import { defineEvent } from '../define-event';
import { link } from '../link';
import { entityId, versionNumber } from '../names';

/** A version of a model belongs to something in other systems: where it is deployed, what watches it … */
export const versionLinked = defineEvent({
  type: 'version.linked',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ model: entityId, version: versionNumber, links: z.array(link).min(1).max(1_000) }),
  lifts: {},
});
