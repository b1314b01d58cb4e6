import type { ChangeOf, REFUSAL_DECISIONS } from '@runledger/contracts';
import type { Outcome } from '@runledger/kernel';
import { type Decision, decided } from './decision';

export type RefusalChange = ChangeOf<typeof REFUSAL_DECISIONS>;
/** Refusals that somebody counted are kept; nobody refuses that. */
export type RefusalCommand = Readonly<{ name: 'record-refusal'; change: RefusalChange }>;

/** A stream for each hour, so that none grows for ever. */
export const refusalSubject = ({ change }: RefusalCommand): string =>
  `access/refusals/${new Date(change.data.until).toISOString().slice(0, 13)}`;

export const decideRefusal = ({ change }: RefusalCommand): Outcome<Decision<RefusalChange>, never> => decided([change]);
