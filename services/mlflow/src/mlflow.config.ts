import { s3Settings } from '@runledger/artifacts';
import { count, flag, portNumber } from '@runledger/kernel';
import { z } from 'zod';

/** Every setting of MLflow's door as a process of its own. */
export const mlflowSettings = {
  RUNLEDGER_PORT: portNumber.default(7073).describe('HTTP port; 0 takes a free one'),
  RUNLEDGER_HOST: z.string().min(1).default('127.0.0.1').describe('address to bind to'),
  RUNLEDGER_HOST_NAMES: z
    .string()
    .optional()
    .transform((names) => names?.split(',').map((name) => name.trim()) ?? [])
    .describe('more names that clients call this server by, separated by commas'),
  RUNLEDGER_AUTH: flag.default(true).describe('off lets everybody on this machine in; loopback only'),
  RUNLEDGER_LOG: z.enum(['postgres', 'kafka']).default('kafka').describe('which log facts go to'),
  RUNLEDGER_KAFKA_BROKERS: z
    .string()
    .optional()
    .transform((brokers) => brokers?.split(',').map((broker) => broker.trim()))
    .describe('host:port list; needed with the log on Kafka'),
  RUNLEDGER_POSTGRES_URL: z.string().describe('connection URL of Postgres'),
  RUNLEDGER_POSTGRES_CONNECTIONS: count.default(20).describe('most connections to Postgres'),
  RUNLEDGER_CLICKHOUSE_URL: z.string().describe('URL of the ClickHouse server'),
  RUNLEDGER_REDIS_URL: z
    .string()
    .optional()
    .describe('Redis for signals between processes; without, reads that wait look once a second'),
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
  RUNLEDGER_LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('which log lines go to stderr'),
} as const;
export type MlflowConfig = Readonly<z.output<z.ZodObject<typeof mlflowSettings>>>;
