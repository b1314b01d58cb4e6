import {
  createAccessReads,
  createSessionStore,
  type RefusalCounts,
  type SessionDraft,
  type SessionStore,
} from '@runledger/access';
import { type Commands, sessionRules } from '@runledger/commands';
import { Fault } from '@runledger/kernel';
import type { DataSource } from 'typeorm';
import type { Issuer } from './issuers';
import { actorOfPerson, createPersonStore, type PersonStore } from './person-store';
import { createRelyingParty, type RelyingParty, type VouchedFor } from './relying-party';
import { createWorkloadExchange, type WorkloadExchange } from './workload-exchange';

/** Where browsers reach this server, and for how long they stay signed in. */
export type PeopleOptions = Readonly<{
  issuers: readonly Issuer[];
  /** Origin of the web interface; nobody can sign in by a provider without. */
  publicUrl: string | undefined;
  idleSeconds: number;
  sessionSeconds: number;
}>;

export type PeoplePorts = Readonly<{
  source: DataSource;
  commands: Commands;
  refusals: Pick<RefusalCounts, 'ofSignIn'>;
  options: PeopleOptions;
}>;

export type PeopleRoom = Readonly<{
  options: PeopleOptions;
  sessions: SessionStore;
  people: PersonStore;
  parties: ReadonlyMap<string, RelyingParty>;
  refusals: Pick<RefusalCounts, 'ofSignIn'>;
  /** Address on this server. @throws Fault missing PEOPLE_NO_PUBLIC_URL */
  addressOf(path: string): URL;
  /** Signs somebody in, and records it; the token is told once. */
  open(draft: SessionDraft, by: Readonly<{ issuer: string; workload?: string }>): Promise<string>;
  /** Whether a job is let in, and as what. */
  admit: WorkloadExchange;
  openFor(party: RelyingParty, vouched: VouchedFor): Promise<string>;
  /** Signs out whoever has this token. */
  close(token: string): Promise<void>;
}>;
export const PEOPLE_ROOM = Symbol('people-room');

export function openPeopleRoom({ source, commands, refusals, options }: PeoplePorts): PeopleRoom {
  const sessions = createSessionStore(source);
  const people = createPersonStore(source);

  function addressOf(path: string): URL {
    if (options.publicUrl === undefined)
      throw new Fault('missing', 'PEOPLE_NO_PUBLIC_URL', 'nobody can sign in by a provider here');
    return new URL(path, options.publicUrl);
  }

  const open: PeopleRoom['open'] = async (draft, { issuer, workload }) => {
    const { id, token } = await sessions.open(draft);
    const { kind, workspace, actor, trust, expiresAt } = draft;
    const opened = {
      session: id,
      kind,
      issuer,
      expiresAt: expiresAt.toISOString(),
      ...(trust === null ? {} : { trust }),
      ...(workload === undefined ? {} : { workload }),
    };
    const command = { name: 'open-session', opened } as const;
    try {
      await commands.run(sessionRules, { workspace, actor }, { id: `open-session-${id}`, fields: null, command });
    } catch (error) {
      // Nobody is signed in whose sign-in is not part of the record.
      await sessions.close(id);
      throw error;
    }
    return token;
  };

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
    refusals,
    admit: createWorkloadExchange(options.issuers, createAccessReads(source)),
    addressOf,
    open,
    async openFor({ provider: { id: issuer, workspace } }, { groups, ...vouched }) {
      const person = await people.seen({ workspace, issuer, ...vouched });
      const draft: SessionDraft = {
        kind: 'browser',
        workspace,
        actor: actorOfPerson(person),
        grantee: { kind: 'person', id: person },
        groups,
        scopes: ['admin'],
        projects: null,
        trust: null,
        idleSeconds: options.idleSeconds,
        expiresAt: new Date(Date.now() + options.sessionSeconds * 1_000),
      };
      return open(draft, { issuer });
    },
    async close(token) {
      const session = await sessions.find(token);
      if (session === null) return;
      const { id, workspace, actor } = session;
      await sessions.close(id);
      const command = { name: 'close-session', session: id } as const;
      await commands.run(sessionRules, { workspace, actor }, { id: `close-session-${id}`, fields: null, command });
    },
  };
}
