import { s3Settings } from '@runledger/artifacts';
import { count, flag, portNumber } from '@runledger/kernel';
import { z } from 'zod';
import { INGEST_LIMITS } from './ingest-room';

/** Every setting of ingest as a process of its own. */
export const ingestSettings = {
  RUNLEDGER_PORT: portNumber.default(7070).describe('HTTP port; 0 takes a free one'),
  RUNLEDGER_HOST: z.string().min(1).default('127.0.0.1').describe('address to bind to'),
  RUNLEDGER_HOST_NAMES: z
    .string()
    .optional()
    .transform((names) => names?.split(',').map((name) => name.trim()) ?? [])
    .describe('more names that clients call this server by, separated by commas'),
  RUNLEDGER_LOG: z.enum(['postgres', 'kafka']).default('postgres').describe('where events go'),
  RUNLEDGER_KAFKA_BROKERS: z
    .string()
    .transform((brokers) => brokers.split(',').map((broker) => broker.trim()))
    .optional()
    .describe('host:port list, needed for kafka'),
  RUNLEDGER_POSTGRES_URL: z.string().min(1).describe('journal and keys, and the log where that is Postgres'),
  RUNLEDGER_POSTGRES_CONNECTIONS: count.default(20).describe('most connections for journal and keys'),
  RUNLEDGER_REDIS_URL: z
    .string()
    .optional()
    .describe('taken so that all rooms can have one environment; ingest needs no Redis'),
  RUNLEDGER_ARTIFACTS: z.string().min(1).describe('where artifacts lie: a folder, or s3://bucket/prefix'),
  ...s3Settings,
  RUNLEDGER_ADMIN_KEY: z.string().min(8).optional().describe("an API key of the workspace 'default' that may do all"),
  RUNLEDGER_AUTH: flag.default(true).describe('off lets everybody on this machine in; loopback only'),
  RUNLEDGER_INGEST_PUBLISH_TIMEOUT_MS: count
    .default(INGEST_LIMITS.publishTimeoutMs)
    .describe('longest wait for the log before a client is told to send again'),
  RUNLEDGER_INGEST_PENDING_BYTES: count
    .default(INGEST_LIMITS.pendingBytes)
    .describe('most bytes that wait for the log; beyond that clients are put off'),
  RUNLEDGER_INGEST_ARTIFACT_BYTES: count.default(INGEST_LIMITS.artifactBytes).describe('most bytes of one artifact'),
  RUNLEDGER_LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('which log lines go to stderr'),
  RUNLEDGER_FAILPOINT: z.string().optional().describe('for tests: where to stop or kill this process'),
} as const;
export type IngestConfig = Readonly<z.output<z.ZodObject<typeof ingestSettings>>>;
