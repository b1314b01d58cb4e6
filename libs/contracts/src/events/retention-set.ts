import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, instant, name } from '../names';
import { lockTerm, retentionTerm } from '../retention-names';

/** How long a project keeps what its runs have logged, and how long nobody can take its artifacts away. Null days: for ever, and not at all. */
export const retentionSet = defineEvent({
  type: 'retention.set',
  topic: 'catalog',
  version: 2,
  data: z.strictObject({
    project: entityId,
    /** Chosen by the command: what goes names it as the order by which it went. */
    policy: entityId,
    at: instant,
    points: retentionTerm,
    artifacts: retentionTerm,
    lock: lockTerm,
    /** Where its grounds are kept, for example a rule; never whom it is about. */
    reference: name(200),
  }),
  // Version 1 locked nothing.
  lifts: { 1: (v1: { at: string }) => ({ ...v1, lock: { days: null, from: v1.at } }) },
});
