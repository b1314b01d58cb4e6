import { portNumber } from '@runledger/kernel';
import { z } from 'zod';

/** Every setting of the projector as a process of its own. */
export const projectorSettings = {
  RUNLEDGER_PORT: portNumber.default(7073).describe('HTTP port of health and metrics; 0 takes a free one'),
  RUNLEDGER_HOST: z.string().min(1).default('127.0.0.1').describe('address to bind to'),
  RUNLEDGER_LOG: z.enum(['postgres', 'kafka']).default('postgres').describe('where events come from'),
  RUNLEDGER_KAFKA_BROKERS: z
    .string()
    .transform((brokers) => brokers.split(',').map((broker) => broker.trim()))
    .optional()
    .describe('host:port list, needed for kafka'),
  RUNLEDGER_POSTGRES_URL: z.string().min(1).describe('custody and read schema, and the log where that is Postgres'),
  RUNLEDGER_CLICKHOUSE_URL: z.string().optional().describe('ClickHouse server; the embedded engine when absent'),
  RUNLEDGER_DATA: z.string().min(1).default('.runledger').describe('folder of the embedded engine'),
  RUNLEDGER_REDIS_URL: z.string().optional().describe('carries signals to other processes; without it they poll'),
  RUNLEDGER_LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('which log lines go to stderr'),
  RUNLEDGER_FAILPOINT: z.string().optional().describe('for tests: where to stop or kill this process'),
} as const;
export type ProjectorConfig = Readonly<z.output<z.ZodObject<typeof projectorSettings>>>;
