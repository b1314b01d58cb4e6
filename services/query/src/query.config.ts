import { s3Settings } from '@runledger/artifacts';
import { settings } from '@runledger/kernel';
import { z } from 'zod';

/** Every setting of the read side as a process of its own. */
export const querySettings = {
  ...settings.address(7072),
  ...settings.door,
  ...settings.log,
  ...settings.postgres,
  ...settings.redis,
  ...settings.reads,
  RUNLEDGER_ARTIFACTS: z
    .string()
    .min(1)
    .default('.runledger/artifacts')
    .describe('where artifacts lie: a folder, or s3://bucket/prefix'),
  ...s3Settings,
  ...settings.process('info'),
} as const;
export type QueryConfig = Readonly<z.output<z.ZodObject<typeof querySettings>>>;
