import { entityId, PERMISSIONS } from '@runledger/contracts';
import { z } from 'zod';

/** What a key or a rule narrows its account to do. */
export const narrowedScopes = z.array(z.enum(PERMISSIONS)).min(1).max(PERMISSIONS.length);
export const SCOPES_SAID = 'narrows what the account may do; admin: to nothing less';

/** Where it narrows the account to. */
export const narrowedProjects = z
  .array(entityId)
  .min(1)
  .max(1_000)
  .optional()
  .describe('narrows where; all that the account reaches when absent');
