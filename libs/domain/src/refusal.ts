import type { ChangeOf, REFUSAL_DECISIONS } from '@runledger/contracts';
import type { Outcome } from '@runledger/kernel';
import { type Decision, decided } from './decision';

export type RefusalChange = ChangeOf<typeof REFUSAL_DECISIONS>;
/** Refusals that a guard counted are kept; nobody refuses that. */
export type RefusalCommand = Readonly<{ name: 'record-refusal' }> & RefusalChange['data'];

export const REFUSAL_SUBJECT = 'access/refusals';

export const decideRefusal = ({ name: _, ...data }: RefusalCommand): Outcome<Decision<RefusalChange>, never> =>
  decided([{ type: 'access.refused', data }]);
