import { z } from 'zod';
import { defineEvent } from '../define-event';
import { approvalMeaning, evidence, ofVersion, printedName } from '../governance-names';
import { entityId } from '../names';
import { personal } from '../sealed-text';

/** A person has approved a version, on the evidence that stands here. Personal data: the printed name. */
export const versionApproved = defineEvent({
  type: 'version.approved',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    ...ofVersion,
    approval: entityId,
    meaning: approvalMeaning,
    printedName: personal(printedName),
    /** The person whose key it was. */
    person: z.string().max(500),
    evidence,
  }),
  lifts: {},
});
