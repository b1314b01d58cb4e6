import { s3Settings } from '@runledger/artifacts';
import { settings } from '@runledger/kernel';
import { z } from 'zod';

/** Every setting of the one process that is everything. */
export const allInOneSettings = {
  ...settings.address(7070),
  RUNLEDGER_DATA: z.string().min(1).default('.runledger').describe('folder of everything that is kept'),
  RUNLEDGER_ARTIFACTS: z
    .string()
    .min(1)
    .optional()
    .describe("where artifacts lie: a folder, or s3://bucket/prefix; in the data folder's `artifacts` when absent"),
  ...s3Settings,
  RUNLEDGER_ADMIN_KEY: z
    .string()
    .min(8)
    .optional()
    .describe("the admin's API key when the data folder is new; made and written to admin.key when absent"),
  ...settings.door,
  ...settings.webhooks,
  ...settings.people,
  ...settings.personalReads,
  ...settings.erasure,
  ...settings.retention,
  RUNLEDGER_PERSONAL_CLEAR: settings.personal.RUNLEDGER_PERSONAL_CLEAR,
  ...settings.process('warn'),
  RUNLEDGER_NOTARY_HOST: z
    .string()
    .min(1)
    .default('runledger.localhost')
    .describe(
      'what the logs of the ledger are known by: <host>/log/<workspace>; never changed once something is signed',
    ),
  ...settings.notary,
  ...settings.upkeep,
  ...settings.archive,
  ...settings.archiving,
} as const;
export type AllInOneConfig = Readonly<z.output<z.ZodObject<typeof allInOneSettings>>>;
