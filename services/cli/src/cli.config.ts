import { z } from 'zod';

/** Every setting of the command line; other names of the environment are no business of it. */
export const cliSettings = {
  RUNLEDGER_URL: z.string().default('http://127.0.0.1:7070').describe('address of the server'),
  RUNLEDGER_API_KEY: z.string().optional().describe('a key that may read runs'),
} as const;
