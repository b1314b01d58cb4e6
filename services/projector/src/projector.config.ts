import { settings } from '@runledger/kernel';
import { z } from 'zod';

/** Every setting of the projector as a process of its own. Its port answers for health, metrics and upkeep. */
export const projectorSettings = {
  ...settings.address(7073),
  ...settings.door,
  ...settings.log,
  ...settings.postgres,
  ...settings.redis,
  RUNLEDGER_CLICKHOUSE_URL: z.string().optional().describe('ClickHouse server; the embedded engine when absent'),
  RUNLEDGER_DATA: z.string().min(1).default('.runledger').describe('folder of the embedded engine'),
  ...settings.upkeep,
  ...settings.personalReads,
  ...settings.process('info'),
} as const;
export type ProjectorConfig = Readonly<z.output<z.ZodObject<typeof projectorSettings>>>;
