import { z } from 'zod';
import { defineEvent } from '../define-event';
import { inventoryMembers } from '../governance-names';
import { entityId } from '../names';
import { personal } from '../sealed-text';

/** What the inventory says of a model was written. Personal data: owner and validator. */
export const inventoryEntered = defineEvent({
  type: 'inventory.entered',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    model: entityId,
    ...inventoryMembers,
    owner: personal(inventoryMembers.owner),
    validator: personal(inventoryMembers.validator),
  }),
  lifts: {},
});
