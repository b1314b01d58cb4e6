import { count, settings } from '@runledger/kernel';
import type { z } from 'zod';

/** Every setting of the courier as a process of its own. */
export const courierSettings = {
  ...settings.address(7076),
  ...settings.door,
  ...settings.log,
  ...settings.postgres,
  /** Taken so that all rooms can have one environment; the courier sends no signals. */
  ...settings.redis,
  ...settings.webhooks,
  RUNLEDGER_COURIER_DEAD_AFTER_MS: count
    .default(86_400_000)
    .describe('a receiver that has failed for so long, without a success in between, is paused'),
  ...settings.process('info'),
} as const;
export type CourierConfig = Readonly<z.output<z.ZodObject<typeof courierSettings>>>;
