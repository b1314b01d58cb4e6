import { artifactSettings } from '@runledger/artifacts';
import { settings } from '@runledger/kernel';
import type { z } from 'zod';

/** Every setting of MLflow's door as a process of its own. */
export const mlflowSettings = {
  ...settings.address(7074),
  ...settings.door,
  ...settings.log,
  ...settings.postgres,
  ...settings.redis,
  ...settings.reads,
  ...artifactSettings,
  ...settings.webhooks,
  ...settings.personal,
  ...settings.process('info'),
} as const;
export type MlflowConfig = Readonly<z.output<z.ZodObject<typeof mlflowSettings>>>;
