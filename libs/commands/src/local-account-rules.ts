import {
  decideLocalAccount,
  evolveLocalAccount,
  type LocalAccount,
  type LocalAccountChange,
  type LocalAccountCommand,
  type LocalAccountRefusal,
  localAccountSubject,
} from '@runledger/domain';
import { needsNothing, type RefusalKinds, refusing } from './refusals';
import type { Rules } from './rules';

const KINDS: RefusalKinds<LocalAccountRefusal> = { LOCAL_ACCOUNT_UNKNOWN: 'missing' };

/** How it becomes part of the record who signs in by a password of this server. */
export const localAccountRules: Rules<LocalAccountCommand, LocalAccount, LocalAccountChange, LocalAccount> = {
  subject: localAccountSubject,
  initial: 'unseen',
  evolve: evolveLocalAccount,
  decide: decideLocalAccount,
  result: (_command, account) => account,
  taken: needsNothing,
  absent: needsNothing,
  refused: refusing(KINDS),
};
