import {
  type AccountChange,
  type AccountCommand,
  type AccountRefusal,
  accountSubject,
  decideAccount,
  evolveAccount,
  OPERATOR_ACCOUNT,
  type ServiceAccount,
  unseenAccount,
} from '@runledger/domain';
import { nameTaken, needsNothing, type RefusalKinds, refusing } from './refusals';
import type { Rules } from './rules';

const KINDS: RefusalKinds<AccountRefusal> = {
  ACCOUNT_UNKNOWN: 'missing',
  ACCOUNT_EXISTS: 'conflict',
  ACCOUNT_NAME_TAKEN: 'conflict',
  ACCOUNT_DISABLED: 'conflict',
  ACCOUNT_KEYS_FULL: 'conflict',
  ACCOUNT_OPERATOR: 'conflict',
  KEY_UNKNOWN: 'missing',
  KEY_EXPIRED: 'conflict',
  KEY_REVOKED: 'conflict',
  KEY_EXPIRES_BEFORE: 'invalid',
};

/** `key` is the one that the command is about; null where it is about the account. */
export type AccountResult = Readonly<{
  account: string;
  status: 'enabled' | 'disabled';
  key: Readonly<{ id: string; status: 'active' | 'revoked'; expiresAt: string | null }> | null;
}>;

/** How commands about service accounts and their keys are answered; what becomes of them is the domain's. */
export const accountRules: Rules<AccountCommand, ServiceAccount, AccountChange, AccountResult> = {
  subject: ({ account }) => accountSubject(account),
  initial: unseenAccount,
  evolve: evolveAccount,
  decide: decideAccount,
  result: (command, { status, keys }) => {
    const id = 'key' in command ? command.key : null;
    const key = id === null ? undefined : keys.get(id);
    const isEnabled = status === 'enabled' || command.account === OPERATOR_ACCOUNT;
    return {
      account: command.account,
      status: isEnabled ? 'enabled' : 'disabled',
      key: id === null || key === undefined ? null : { id, status: key.status, expiresAt: key.expiresAt },
    };
  },
  taken: ({ kind, name }, by) =>
    kind === 'service-account-name'
      ? nameTaken('ACCOUNT_NAME_TAKEN', name, { account: by.slice(accountSubject('').length) })
      : nameTaken('ACCOUNT_EXISTS', name, {}),
  absent: needsNothing,
  refused: refusing(KINDS),
};
