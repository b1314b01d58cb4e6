import { Fault } from '@runledger/kernel';
import type { LocalAccountRow, LocalAccountStore } from './local-account-store';
import { isPassword } from './password-hash';

/** One answer for every reason: who guesses learns neither which names there are nor which are locked. */
const refused = () =>
  new Fault(
    'unauthenticated',
    'PEOPLE_BAD_PASSWORD',
    'name or password is wrong, or there were too many attempts; wait a while and try again',
  );

/** Whether somebody is let in by a password. The password is computed in any case, so that no answer comes sooner than another. */
export const createLocalSignIn = (accounts: Pick<LocalAccountStore, 'attempt' | 'succeeded'>) => ({
  /** @throws Fault unauthenticated PEOPLE_BAD_PASSWORD, overloaded PEOPLE_TOO_MANY_SIGN_INS */
  async check(name: string, password: string): Promise<LocalAccountRow> {
    const account = await accounts.attempt(name);
    const isRight = await isPassword(password, account.password);
    if (!isRight || account.isLocked) throw refused();
    await accounts.succeeded(account.name);
    return account;
  },
});
