import { createAccessReads, createSessionStore, type RefusalCounts, type SessionStore } from '@runledger/access';
import type { Commands } from '@runledger/commands';
import { Fault } from '@runledger/kernel';
import type { PersonalData } from '@runledger/personal';
import type { DataSource } from 'typeorm';
import type { SignedOutThere } from './backchannel-logout';
import type { Issuer } from './issuers';
import { createLocalAccounts, type LocalAccounts } from './local-accounts';
import { createPersonStore, type PersonStore } from './person-store';
import { createRelyingParty, type RelyingParty, type VouchedFor } from './relying-party';
import { createSignedIn, type SignedIn } from './signed-in';
import { createWorkloadExchange, type WorkloadExchange } from './workload-exchange';

/** Where browsers reach this server, and for how long they stay signed in. */
export type PeopleOptions = Readonly<{
  issuers: readonly Issuer[];
  /** Origin of the web interface; nobody can sign in by a provider without. */
  publicUrl: string | undefined;
  /** Whether people sign in by passwords of this server. */
  localAccounts: boolean;
  idleSeconds: number;
  sessionSeconds: number;
}>;

export type PeoplePorts = Readonly<{
  source: DataSource;
  commands: Commands;
  refusals: Pick<RefusalCounts, 'ofSignIn'>;
  personal: PersonalData;
  options: PeopleOptions;
}>;

export type PeopleRoom = Readonly<{
  options: PeopleOptions;
  sessions: SessionStore;
  people: PersonStore;
  parties: ReadonlyMap<string, RelyingParty>;
  /** Null: they are off. */
  local: LocalAccounts | null;
  refusals: Pick<RefusalCounts, 'ofSignIn'>;
  /** Address on this server. @throws Fault missing PEOPLE_NO_PUBLIC_URL */
  addressOf(path: string): URL;
  open: SignedIn['open'];
  /** Whether a job is let in, and as what. */
  admit: WorkloadExchange;
  openFor(party: RelyingParty, vouched: VouchedFor): Promise<string>;
  close: SignedIn['close'];
  /** Ends the sessions of whom this provider has signed out. */
  closeSignedOut(party: RelyingParty, whom: SignedOutThere): Promise<void>;
}>;
export const PEOPLE_ROOM = Symbol('people-room');

export function openPeopleRoom({ source, commands, refusals, personal, options }: PeoplePorts): PeopleRoom {
  const sessions = createSessionStore(source);
  const people = createPersonStore(source, personal);
  const signedIn = createSignedIn(sessions, commands, people, options);

  function addressOf(path: string): URL {
    if (options.publicUrl === undefined)
      throw new Fault('missing', 'PEOPLE_NO_PUBLIC_URL', 'nobody can sign in by a provider here');
    return new URL(path, options.publicUrl);
  }

  const parties = new Map(
    options.publicUrl === undefined
      ? []
      : options.issuers.flatMap((issuer) =>
          issuer.signsIn === 'people'
            ? [[issuer.id, createRelyingParty(issuer, addressOf(`/auth/callback/${issuer.id}`).href)] as const]
            : [],
        ),
  );

  return {
    options,
    sessions,
    people,
    parties,
    local: options.localAccounts ? createLocalAccounts({ source, commands, people, signedIn }) : null,
    refusals,
    admit: createWorkloadExchange(options.issuers, createAccessReads(source)),
    addressOf,
    open: (draft, by) => signedIn.open(draft, by),
    async openFor({ provider: { id: issuer, workspace } }, { groups, providerSession, ...vouched }) {
      const person = await people.seen({ workspace, issuer, ...vouched });
      return signedIn.openBrowser({ workspace, issuer, person, groups, providerSession });
    },
    close: (token) => signedIn.close(token),
    closeSignedOut: ({ provider: { id: issuer, workspace } }, whom) => signedIn.closeOf({ workspace, issuer, ...whom }),
  };
}
