import { createAuthenticator, createKeyStore, createRefusalCounts } from '@runledger/access';
import { accountRules, createCommands, grantRules, refusalRules, trustRules } from '@runledger/commands';
import type { Role } from '@runledger/contracts';
import { type HttpServer, serveHttp } from '@runledger/http';
import { openJournal } from '@runledger/journal';
import { createLogger, uuidv7 } from '@runledger/kernel';
import { openPersonalData } from '@runledger/personal';
import { openDataSource } from '@runledger/postgres';
import { createDatabase, freePort, temporaryFolder } from '@runledger/testkit';
import type { DataSource } from 'typeorm';
import type { Issuer, ProviderOfPeople } from '../src/issuers';
import { PeopleModule } from '../src/people.module';
import { TOKEN_ERRORS } from '../src/token-errors';

export const providerOf = (id: string, url: string): ProviderOfPeople => ({
  id,
  url,
  signsIn: 'people',
  title: id,
  workspace: 'default',
  clientId: 'runledger',
  clientSecret: 'secret',
  scope: 'openid profile',
  groupsClaim: 'groups',
  groups: { '/ml/admins': 'ml-admins' },
});

export type PeopleScene = Readonly<{
  server: HttpServer;
  source: DataSource;
  adminKey: string;
  grant(grantee: { kind: 'person' | 'group' | 'account'; id: string }, role: Role): Promise<void>;
  /** A service account with this role. */
  account(id: string, role: Role): Promise<void>;
  /** What jobs of the issuer `ci` may, by their subjects, as this account. */
  trust(id: string, account: string, sub: string, more?: { claim: string; pattern: string }): Promise<void>;
  withdraw(trust: string): Promise<void>;
  /** What the journal holds of this kind, oldest first. */
  eventsOf(type: string): Promise<Array<{ actor: string; data: Record<string, unknown> }>>;
  flushRefusals(): Promise<void>;
  close(): Promise<void>;
}>;

/** Sign-in as it is served, on a real Postgres. */
export async function openPeopleScene(issuers: readonly Issuer[], idleSeconds = 3_600): Promise<PeopleScene> {
  const database = await createDatabase('people');
  const source = await openDataSource(database.url, { poolSize: 10 });
  const logger = createLogger('people', 'silent');
  const commands = createCommands(openJournal(source));
  await commands.provide('default');
  const keys = createKeyStore(source);
  const admin = { workspace: 'default', label: 'admin', actor: 'admin', permissions: ['admin'] } as const;
  const adminKey = (await keys.create(admin)).key;
  const ask = { workspace: 'default', actor: 'admin' };
  const refusals = createRefusalCounts(
    (workspace, change) =>
      commands.run(
        refusalRules,
        { workspace, actor: 'system' },
        { id: uuidv7(), fields: null, command: { name: 'record-refusal', change } },
      ),
    logger,
  );
  const folder = temporaryFolder('people');
  const personal = await openPersonalData({ keys: `${folder.path}/keys`, encryption: `${folder.path}/key` });
  const port = await freePort();
  const options = {
    issuers,
    publicUrl: `http://127.0.0.1:${port}`,
    localAccounts: true,
    idleSeconds,
    sessionSeconds: 7_200,
  };
  const server = await serveHttp({
    modules: [PeopleModule.register({ source, commands, refusals, personal, options })],
    host: '127.0.0.1',
    port,
    authenticator: createAuthenticator(keys, logger),
    noteRefusal: refusals.ofRoute,
    dialects: [TOKEN_ERRORS],
    logger,
  });
  const grant: PeopleScene['grant'] = async (grantee, role) => {
    const command = { name: 'grant', grantee, grant: { role, project: null, effect: 'allow' } } as const;
    await commands.run(grantRules, ask, { id: uuidv7(), fields: null, command });
  };
  return {
    server,
    source,
    adminKey,
    grant,
    async account(id, role) {
      const now = new Date().toISOString();
      const command = { name: 'create-service-account', account: id, as: id, description: '', now } as const;
      await commands.run(accountRules, ask, { id: uuidv7(), fields: null, command });
      await grant({ kind: 'account', id }, role);
    },
    async trust(id, account, sub, more) {
      const conditions = [{ claim: 'sub', pattern: sub }, ...(more === undefined ? [] : [more])];
      const declared = { trust: id, issuer: 'ci', account, conditions, scopes: ['runs:read'], lifetimeSeconds: 600 };
      const command = { name: 'declare-trust', declared } as const;
      await commands.run(trustRules, ask, { id: uuidv7(), fields: null, command });
    },
    async withdraw(trust) {
      const command = { name: 'withdraw-trust', trust } as const;
      await commands.run(trustRules, ask, { id: uuidv7(), fields: null, command });
    },
    eventsOf: (type) =>
      source.query('select actor, data from custody.journal_event where type = $1 order by journalseq', [type]),
    flushRefusals: () => refusals.flush(),
    async close() {
      await server.close();
      await source.destroy();
      await database.drop();
      folder.remove();
    },
  };
}

/** A browser without pages: it keeps cookies as one would, and follows nobody. */
export class CookieJar {
  readonly #cookies = new Map<string, string>();

  async ask(url: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.#cookies.size > 0) headers.set('cookie', [...this.#cookies].map((pair) => pair.join('=')).join('; '));
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/Max-Age=0(;|$)/.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return answer;
  }

  get(name: string): string | undefined {
    return this.#cookies.get(name);
  }

  set(name: string, value: string): void {
    this.#cookies.set(name, value);
  }
}
