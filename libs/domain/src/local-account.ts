import type { ChangeOf, LOCAL_ACCOUNT_DECISIONS } from '@runledger/contracts';
import { type Outcome, refuse } from '@runledger/kernel';
import { type Decision, decided } from './decision';

export type LocalAccountChange = ChangeOf<typeof LOCAL_ACCOUNT_DECISIONS>;
export type LocalAccount = 'unseen' | 'set' | 'removed';
export type LocalAccountCommand = Readonly<{ name: 'set-local-account' | 'remove-local-account'; person: string }>;
export type LocalAccountRefusal = 'LOCAL_ACCOUNT_UNKNOWN';

export const localAccountSubject = ({ person }: LocalAccountCommand): string => `local-account/${person}`;

/** Total: what was decided is never decided again. */
export const evolveLocalAccount = (_before: LocalAccount, { type }: LocalAccountChange): LocalAccount =>
  type === 'local-account.set' ? 'set' : 'removed';

/** Pure. A password that is set again is another one, so that it is decided again. */
export function decideLocalAccount(
  { name, person }: LocalAccountCommand,
  account: LocalAccount,
): Outcome<Decision<LocalAccountChange>, LocalAccountRefusal> {
  if (name === 'set-local-account') return decided([{ type: 'local-account.set', data: { person } }]);
  if (account !== 'set') return refuse('LOCAL_ACCOUNT_UNKNOWN', 'there is no such account');
  return decided([{ type: 'local-account.removed', data: { person } }]);
}
