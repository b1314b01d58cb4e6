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
  RUNLEDGER_CLICKHOUSE_URL: z.string().describe('URL of the ClickHouse server'),
  RUNLEDGER_ARTIFACTS: z
    .string()
    .min(1)
    .default('.runledger/artifacts')
    .describe('where artifacts lie: a folder, or s3://bucket/prefix'),
  ...s3Settings,
  RUNLEDGER_PAGE_SECRET: z
    .string()
    .min(16)
    .optional()
    .describe('signs page tokens; processes behind one address share it; a random one when absent'),
  ...settings.process('info'),
} as const;
export type QueryConfig = Readonly<z.output<z.ZodObject<typeof querySettings>>>;
