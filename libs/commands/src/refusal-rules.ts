import { decideRefusal, type RefusalChange, type RefusalCommand, refusalSubject } from '@runledger/domain';
import { needsNothing, refusing } from './refusals';
import type { Rules } from './rules';

/** Refusals are kept, whatever was kept before: the stream has no state. */
export const refusalRules: Rules<RefusalCommand, null, RefusalChange, null> = {
  subject: refusalSubject,
  initial: null,
  evolve: () => null,
  decide: decideRefusal,
  result: () => null,
  taken: needsNothing,
  absent: needsNothing,
  refused: refusing({}),
};
