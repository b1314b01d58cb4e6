import { z } from 'zod';
import { page } from './answers';
import { expiryAnswer } from './retention';

export const expiredAnswer = page({
  expired: z.array(
    expiryAnswer.extend({ runName: z.string().nullable().describe('as it is now; null: it is not known any more') }),
  ),
});

export type ExpiredAnswer = z.output<typeof expiredAnswer>;
