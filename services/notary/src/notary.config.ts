import { artifactSettings } from '@runledger/artifacts';
import { count, settings } from '@runledger/kernel';
import { z } from 'zod';

/** Every setting of the notary as a process of its own. */
export const notarySettings = {
  ...settings.address(7075),
  ...settings.door,
  ...settings.log,
  ...settings.postgres,
  /** Taken so that all rooms can have one environment; the notary sends no signals. */
  ...settings.redis,
  RUNLEDGER_CLICKHOUSE_URL: z
    .string()
    .optional()
    .describe('URL of the ClickHouse server, in which points are found to prove them; without it they are not'),
  ...artifactSettings,
  RUNLEDGER_NOTARY_HOST: z
    .string()
    .min(1)
    .default('runledger.localhost')
    .describe('what the logs are known by: <host>/log/<workspace>; never changed once something is signed'),
  RUNLEDGER_NOTARY_KEY: z
    .string()
    .min(1)
    .default('.runledger/notary.key')
    .describe('file of the signing key, for this user only; made when there is none'),
  ...settings.notary,
  ...settings.upkeep,
  ...settings.archiving,
  RUNLEDGER_NOTARY_SEGMENT_MS: count.default(2_000).describe('how long metric batches gather before they are a leaf'),
  ...settings.personalReads,
  ...settings.process('info'),
} as const;
export type NotaryConfig = Readonly<z.output<z.ZodObject<typeof notarySettings>>>;
