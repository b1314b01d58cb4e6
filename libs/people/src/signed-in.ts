import type { SessionDraft, SessionRow, SessionStore } from '@runledger/access';
import { type Commands, sessionRules } from '@runledger/commands';
import { actorOfPerson, type PersonStore } from './person-store';

type Lifetimes = Readonly<{ idleSeconds: number; sessionSeconds: number }>;
type PersonInBrowser = Readonly<{
  workspace: string;
  issuer: string;
  person: string;
  groups: readonly string[];
  providerSession: string | null;
}>;

/** Sessions that begin and end as part of the record. */
export function createSignedIn(
  sessions: SessionStore,
  commands: Commands,
  people: Pick<PersonStore, 'sealedSubject'>,
  lifetimes: Lifetimes,
) {
  /** Signs somebody in; the token is told once. */
  async function open(draft: SessionDraft, by: Readonly<{ issuer: string; workload?: string }>): Promise<string> {
    const { id, token } = await sessions.open(draft);
    const { kind, workspace, actor, trust, expiresAt } = draft;
    const more = {
      ...(trust === null ? {} : { trust }),
      ...(by.workload === undefined ? {} : { workload: by.workload }),
    };
    const opened = { session: id, kind, issuer: by.issuer, expiresAt: expiresAt.toISOString(), ...more };
    const command = { name: 'open-session', opened } as const;
    try {
      await commands.run(sessionRules, { workspace, actor }, { id: `open-session-${id}`, fields: null, command });
    } catch (error) {
      // Nobody is signed in whose sign-in is not part of the record.
      await sessions.close(id);
      throw error;
    }
    return token;
  }

  async function end({ id, workspace, actor }: SessionRow): Promise<void> {
    await sessions.close(id);
    const command = { name: 'close-session', session: id } as const;
    await commands.run(sessionRules, { workspace, actor }, { id: `close-session-${id}`, fields: null, command });
  }

  return {
    open,
    openBrowser: ({ workspace, issuer, person, groups, providerSession }: PersonInBrowser): Promise<string> =>
      open(
        {
          kind: 'browser',
          workspace,
          actor: actorOfPerson(person),
          grantee: { kind: 'person', id: person },
          groups,
          scopes: ['admin'],
          projects: null,
          trust: null,
          providerSession,
          idleSeconds: lifetimes.idleSeconds,
          expiresAt: new Date(Date.now() + lifetimes.sessionSeconds * 1_000),
        },
        { issuer },
      ),
    /** Ends the session of whoever has this token. */
    async close(token: string): Promise<void> {
      const session = await sessions.find(token);
      if (session !== null) await end(session);
    },
    /** Ends the sessions of whom an issuer vouched for. */
    async closeOf(whom: Parameters<SessionStore['vouchedFor']>[0]): Promise<void> {
      const { workspace, issuer } = whom;
      const subject = whom.subject && (await people.sealedSubject(workspace, issuer, whom.subject));
      // Nobody was ever called so here.
      if (subject === null) return;
      for (const session of await sessions.vouchedFor({ ...whom, subject })) await end(session);
    },
  };
}
export type SignedIn = ReturnType<typeof createSignedIn>;
