import { statSync, writeFileSync } from 'node:fs';
import {
  eventually,
  freePort,
  type Spawned,
  spawnProgram,
  type TemporaryFolder,
  temporaryFolder,
  WORKSPACE,
} from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { openVisitor, type Visitor } from './browser';
import { postTo } from './post-to';

const CLI = `${WORKSPACE}/services/cli/bin/runledger.mjs`;
const PROVIDER = `${__dirname}/openid-provider.mjs`;

describe('signing in by a provider, in a real browser', () => {
  let folder: TemporaryFolder;
  let provider: Spawned;
  let providerUrl: string;
  let server: AllInOne;
  let visitor: Visitor;

  beforeAll(async () => {
    folder = temporaryFolder('sign-in');
    const [port, providerPort] = [await freePort(), await freePort()];
    const publicUrl = `http://127.0.0.1:${port}`;
    const callback = `${publicUrl}/auth/callback/corp`;
    provider = spawnProgram(process.execPath, [
      ...[PROVIDER, String(providerPort), callback, `${publicUrl}/`],
      `${publicUrl}/auth/backchannel-logout/corp`,
    ]);
    const [, url = ''] = await provider.line(/ready at (\S+)/);
    providerUrl = url;
    const issuer = { id: 'corp', url, signsIn: 'people', title: 'Corp', clientId: 'runledger' };
    const more = { clientSecret: 'a secret of the test, long enough', scope: 'openid profile email groups' };
    const issuers = `${folder.path}/issuers.json`;
    writeFileSync(issuers, JSON.stringify([{ ...issuer, ...more }]));
    server = await startAllInOne(`${folder.path}/data`, {
      RUNLEDGER_PORT: String(port),
      RUNLEDGER_PUBLIC_URL: publicUrl,
      RUNLEDGER_ISSUERS: issuers,
    });
    visitor = await openVisitor(`${folder.path}/profile`);
  });
  afterAll(async () => {
    await visitor.close();
    await server.process.stop();
    await provider.stop();
    folder.remove();
  });

  async function signInAs(name: string): Promise<void> {
    const { page } = visitor;
    await page.getByRole('link', { name: 'Sign in with Corp' }).click();
    await page.locator('input[name=login]').fill(name);
    await page.locator('input[name=password]').fill('any');
    await page.locator('button[type=submit]').click();
    await page.getByRole('button', { name: 'Continue' }).click();
  }

  it('asks, comes back to the page that was wanted, and shows what the groups are granted', async () => {
    const { page } = visitor;
    await postTo(server)('commands/grant', { grantee: { kind: 'group', id: 'corp:researchers' }, role: 'editor' });
    await page.goto(`${server.url}/models`);
    await page.getByRole('link', { name: 'Sign in with Corp' }).waitFor();
    expect(await visitor.violations()).toEqual([]);
    await signInAs('mia');
    await page.waitForURL(`${server.url}/models`);
    await page.getByRole('heading', { name: 'Models' }).first().waitFor();
    await page.getByRole('button', { name: 'Account' }).click();
    await page.getByText('mia of the test').waitFor();
    await page.getByText('mia@example.com').waitFor();
    expect(await visitor.violations()).toEqual([]);
    expect(await page.evaluate('document.cookie')).toBe('');
  });

  it('writes from its own pages, and from no other', async () => {
    const { page } = visitor;
    const command = { name: `by mia` };
    const write = `fetch('/api/v1/commands/create-experiment', { method: 'POST',
      headers: { 'content-type': 'application/json' }, body: ${JSON.stringify(JSON.stringify(command))} }).then((a) => a.status)`;
    expect(await page.evaluate(write)).toBe(200);
    const cookies = await visitor.context.cookies();
    const session = cookies.find(({ name }) => name === '__Host-runledger');
    expect(session).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Strict' });
    const ask = (headers: Record<string, string>) =>
      fetch(`${server.url}/api/v1/commands/create-experiment`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie: `__Host-runledger=${session?.value}`, ...headers },
        body: '{"name":"by a foreign page"}',
      });
    expect((await ask({})).status).toBe(403);
    expect((await ask({ origin: 'http://evil.example' })).status).toBe(403);
  });

  it('lets a command line in, which acts as the same person until it signs out', async () => {
    const { page } = visitor;
    const env = { RUNLEDGER_URL: server.url, RUNLEDGER_API_KEY: '', XDG_CONFIG_HOME: `${folder.path}/config` };
    const cli = (...args: string[]) => spawnProgram(process.execPath, [CLI, ...args], { env });
    const login = cli('login');
    const [link] = await login.line(/http:\S+[/]terminal[?]\S+/);
    expect(
      await (await fetch(`http://127.0.0.1:${new URL(link).searchParams.get('port')}/?code=x&state=y`)).text(),
    ).toContain('not for here');
    await page.goto(link);
    await page.getByText('wants to act as mia of the test').waitFor();
    expect(await visitor.violations()).toEqual([]);
    await page.getByRole('button', { name: 'Let it in' }).click();
    await page.getByText('The command line is signed in').waitFor();
    expect(await login.ended).toBe(0);
    expect(login.output()).toContain('mia@example.com');
    expect(statSync(`${folder.path}/config/runledger/sessions.json`).mode & 0o777).toBe(0o600);
    const runs = cli('runs', '--json');
    expect([await runs.ended, runs.output()]).toEqual([0, expect.any(String)]);
    expect(await cli('logout').ended).toBe(0);
    const after = cli('whoami');
    expect([await after.ended, after.output()]).toEqual([1, expect.stringContaining('runledger login')]);
    await page.goto(`${server.url}/models`);
    await page.getByRole('button', { name: 'Account' }).click();
  });

  it('signs out here and at the provider, and the record tells of both', async () => {
    const { page } = visitor;
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Yes, sign me out' }).click();
    await page.waitForURL(`${server.url}/`);
    await page.getByRole('link', { name: 'Sign in with Corp' }).waitFor();
    await signInAs('noah');
    await page.getByRole('button', { name: 'Account' }).click();
    await page.getByText('noah of the test').waitFor();
    const told = await eventually(async () => {
      const answer = await fetch(`${server.url}/api/v1/access/events?limit=100`, {
        headers: { authorization: `Bearer ${server.key}` },
      });
      const { events } = (await answer.json()) as { events: Array<{ type: string; actor: string }> };
      const ofSessions = events.filter(({ type }) => type.startsWith('session.')).reverse();
      return ofSessions.length === 5 ? ofSessions : undefined;
    });
    expect(told.map(({ type }) => type)).toEqual([
      'session.opened',
      'session.opened',
      'session.closed',
      'session.closed',
      'session.opened',
    ]);
    const [mia, terminal, terminalOut, out, noah] = told.map(({ actor }) => actor);
    expect([terminal, terminalOut, out]).toEqual([mia, mia, mia]);
    expect(noah).not.toBe(mia);
  });

  it('is signed out when the session at the provider ends', async () => {
    const { page } = visitor;
    await page.goto(`${providerUrl}/session/end`);
    await page.getByRole('button', { name: 'Yes, sign me out' }).click();
    await page.getByText('Sign-out Success').waitFor();
    await eventually(async () => {
      await page.goto(`${server.url}/inventory`);
      await page.getByRole('link', { name: 'Sign in with Corp' }).waitFor({ timeout: 3_000 });
      return true;
    }, 30_000);
  });

  it('says so when the provider did not vouch', async () => {
    const { page } = visitor;
    const fresh = await openVisitor(`${folder.path}/fresh`);
    try {
      await fresh.page.goto(`${server.url}/auth/callback/corp?error=access_denied&state=x`);
      await fresh.page.getByRole('alert').filter({ hasText: 'had not begun to sign in' }).waitFor();
      expect(await fresh.violations()).toEqual([]);
    } finally {
      await fresh.close();
    }
    await page.goto(`${server.url}/models#key=${encodeURIComponent(server.key)}`);
    await page.getByRole('button', { name: 'Account' }).click();
    await page.getByText('admin', { exact: true }).waitFor();
  });
});
