import { type Commands, localAccountRules } from '@runledger/commands';
import { Fault, uuidv7 } from '@runledger/kernel';
import type { DataSource } from 'typeorm';
import { LOCAL_ISSUER } from './issuers';
import { createLocalAccountStore, type LocalAccountListed } from './local-account-store';
import { createLocalSignIn } from './local-sign-in';
import { hashPassword } from './password-hash';
import type { PersonStore } from './person-store';
import type { SignedIn } from './signed-in';

type Asker = Readonly<{ workspace: string; actor: string }>;
type Parts = Readonly<{
  source: DataSource;
  commands: Commands;
  people: PersonStore;
  signedIn: Pick<SignedIn, 'openBrowser' | 'closeOf'>;
}>;

/** People who sign in by passwords of this server, where there is no provider. */
export type LocalAccounts = Readonly<{
  list(workspace: string): Promise<LocalAccountListed[]>;
  /** Makes an account or gives it another password; whoever is signed in by it is signed out. @throws Fault conflict PEOPLE_NAME_TAKEN */
  set(
    who: Asker,
    account: Readonly<{ name: string; password: string }>,
  ): Promise<Readonly<{ name: string; person: string }>>;
  /** @throws Fault missing LOCAL_ACCOUNT_UNKNOWN */
  remove(who: Asker, name: string): Promise<Readonly<{ name: string; person: string }>>;
  /** The token of a session. @throws Fault unauthenticated PEOPLE_BAD_PASSWORD, overloaded PEOPLE_TOO_MANY_SIGN_INS */
  signIn(name: string, password: string): Promise<string>;
}>;

export function createLocalAccounts({ source, commands, people, signedIn }: Parts): LocalAccounts {
  const accounts = createLocalAccountStore(source);
  const signIn = createLocalSignIn(accounts);
  const record = (who: Asker, name: 'set-local-account' | 'remove-local-account', person: string) =>
    commands.run(localAccountRules, who, { id: uuidv7(), fields: null, command: { name, person } });
  const signOut = (workspace: string, subject: string) =>
    signedIn.closeOf({ workspace, issuer: LOCAL_ISSUER, subject, providerSession: undefined });
  const taken = () => new Fault('conflict', 'PEOPLE_NAME_TAKEN', 'somebody in another workspace signs in by this name');

  return {
    list: (workspace) => accounts.list(workspace),

    async set(who, { name, password }) {
      const { workspace } = who;
      if (await accounts.isTaken(workspace, name)) throw taken();
      const hash = await hashPassword(password);
      const person = await people.seen({ workspace, issuer: LOCAL_ISSUER, subject: name, name, email: null });
      await record(who, 'set-local-account', person); // before it lets anybody in
      if (!(await accounts.set({ name, workspace, person, password: hash }))) throw taken();
      await signOut(workspace, name);
      return { name, person };
    },

    async remove(who, name) {
      const found = await accounts.find(who.workspace, name);
      if (found === null) throw new Fault('missing', 'LOCAL_ACCOUNT_UNKNOWN', 'there is no such account');
      await record(who, 'remove-local-account', found.person);
      await accounts.remove(who.workspace, name);
      await signOut(who.workspace, name);
      return { name, person: found.person };
    },

    async signIn(name, password) {
      const { workspace, person } = await signIn.check(name, password);
      return signedIn.openBrowser({ workspace, issuer: LOCAL_ISSUER, person, groups: [], providerSession: null });
    },
  };
}
