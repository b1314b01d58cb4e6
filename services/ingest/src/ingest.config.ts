import { s3Settings } from '@runledger/artifacts';
import { count, settings } from '@runledger/kernel';
import { z } from 'zod';
import { INGEST_LIMITS } from './ingest-room';

/** Every setting of ingest as a process of its own. */
export const ingestSettings = {
  ...settings.address(7070),
  ...settings.door,
  ...settings.log,
  ...settings.postgres,
  /** By signals it hears sooner that what a gate looks at is projected. */
  ...settings.redis,
  RUNLEDGER_ARTIFACTS: z.string().min(1).describe('where artifacts lie: a folder, or s3://bucket/prefix'),
  ...s3Settings,
  ...settings.webhooks,
  ...settings.personal,
  ...settings.erasure,
  ...settings.retention,
  ...settings.people,
  RUNLEDGER_ADMIN_KEY: z.string().min(8).optional().describe("an API key of the workspace 'default' that may do all"),
  RUNLEDGER_INGEST_PUBLISH_TIMEOUT_MS: count
    .default(INGEST_LIMITS.publishTimeoutMs)
    .describe('longest wait for the log before a client is told to send again'),
  RUNLEDGER_INGEST_PENDING_BYTES: count
    .default(INGEST_LIMITS.pendingBytes)
    .describe('most bytes that wait for the log; beyond that clients are put off'),
  RUNLEDGER_INGEST_ARTIFACT_BYTES: count.default(INGEST_LIMITS.artifactBytes).describe('most bytes of one artifact'),
  ...settings.process('info'),
} as const;
export type IngestConfig = Readonly<z.output<z.ZodObject<typeof ingestSettings>>>;
