import {
  decideExpiry,
  ERASURES_SUBJECT,
  type ErasureChange,
  type Expiry,
  type ExpiryChange,
  type ExpiryCommand,
  type ExpiryRefusal,
  evolveErasures,
  evolveExpiry,
  evolveRetention,
  expirySubject,
  noErasures,
  noRetention,
  notExpired,
  type RetentionChange,
  retentionSubject,
} from '@runledger/domain';
import { readDecision } from './read-decision';
import { needsNothing, type RefusalKinds, refusing } from './refusals';
import type { Rules } from './rules';

const KINDS: RefusalKinds<ExpiryRefusal> = {
  EXPIRY_NO_POLICY: 'conflict',
  EXPIRY_NOT_DUE: 'conflict',
  EXPIRY_HELD: 'forbidden',
};

export type ExpiryResult = Readonly<{ run: string }> & Expiry;

/** What goes by the policy of a project is decided on that policy and on the holds, as they are when it is written. */
export const expiryRules: Rules<ExpiryCommand, Expiry, ExpiryChange, ExpiryResult> = {
  subject: ({ run }) => expirySubject(run),
  initial: notExpired,
  evolve: evolveExpiry,
  async consult(command, _of, look) {
    const policies = await look.load(retentionSubject(command.project));
    const holds = await look.load(ERASURES_SUBJECT);
    return {
      ...command,
      retention: policies.map(readDecision<RetentionChange>).reduce(evolveRetention, noRetention),
      erasures: holds.map(readDecision<ErasureChange>).reduce(evolveErasures, noErasures),
    };
  },
  decide: decideExpiry,
  result: ({ run }, expiry) => ({ run, ...expiry }),
  taken: needsNothing,
  absent: needsNothing,
  refused: refusing(KINDS),
};
