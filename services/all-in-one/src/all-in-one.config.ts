import { flag, portNumber } from '@runledger/kernel';
import { z } from 'zod';

/** Every setting of the one process that is everything. */
export const allInOneSettings = {
  RUNLEDGER_PORT: portNumber.default(7070).describe('HTTP port; 0 takes a free one'),
  RUNLEDGER_HOST: z.string().min(1).default('127.0.0.1').describe('address to bind to'),
  RUNLEDGER_DATA: z.string().min(1).default('.runledger').describe('folder of everything that is kept'),
  RUNLEDGER_ADMIN_KEY: z
    .string()
    .min(8)
    .optional()
    .describe("the admin's API key when the data folder is new; made and written to admin.key when absent"),
  RUNLEDGER_AUTH: flag.default(true).describe('off lets everybody on this machine in; loopback only'),
  RUNLEDGER_LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('warn')
    .describe('which log lines go to stderr'),
  RUNLEDGER_FAILPOINT: z.string().optional().describe('for tests: where to stop or kill this process'),
} as const;
export type AllInOneConfig = Readonly<z.output<z.ZodObject<typeof allInOneSettings>>>;
