import { key, text } from '@runledger/contracts';
import { z } from 'zod';

/** Tags that something is created with. */
export const tags = (value: z.ZodString) => z.array(z.strictObject({ key, value })).max(1_000).default([]);

/** Tags to set, and keys of tags to take away. */
export const someTags = z
  .array(z.strictObject({ key, value: text(100_000) }))
  .min(1)
  .max(1_000);
export const someKeys = z.array(key).min(1).max(1_000);
