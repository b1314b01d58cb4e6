import { artifactSettings } from '@runledger/artifacts';
import { settings } from '@runledger/kernel';
import type { z } from 'zod';

/** Every setting of the read side as a process of its own. */
export const querySettings = {
  ...settings.address(7072),
  ...settings.door,
  ...settings.log,
  ...settings.postgres,
  ...settings.redis,
  ...settings.reads,
  ...artifactSettings,
  ...settings.personalReads,
  ...settings.process('info'),
} as const;
export type QueryConfig = Readonly<z.output<z.ZodObject<typeof querySettings>>>;
