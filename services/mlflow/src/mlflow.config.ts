import { s3Settings } from '@runledger/artifacts';
import { settings } from '@runledger/kernel';
import { z } from 'zod';

/** Every setting of MLflow's door as a process of its own. */
export const mlflowSettings = {
  ...settings.address(7074),
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
  ...settings.webhooks,
  ...settings.process('info'),
} as const;
export type MlflowConfig = Readonly<z.output<z.ZodObject<typeof mlflowSettings>>>;
