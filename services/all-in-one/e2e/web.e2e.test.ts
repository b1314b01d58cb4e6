import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { openVisitor, type Visitor } from './browser';

const HOSTILE = '<img src=x onerror=document.title="owned">';

describe('the web interface, in a real browser', () => {
  let folder: TemporaryFolder;
  let server: AllInOne;
  let visitor: Visitor;

  const post = async (path: string, body: object) => {
    const answer = await fetch(`${server.url}/api/v1/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { result: { experiment: string } };
  };
  const link = (path: string) => `${server.url}${path}#key=${encodeURIComponent(server.key)}`;

  beforeAll(async () => {
    folder = temporaryFolder('web');
    server = await startAllInOne(`${folder.path}/data`);
    visitor = await openVisitor(`${folder.path}/profile`);
  });
  afterAll(async () => {
    await visitor.close();
    await server.process.stop();
    folder.remove();
  });

  it('asks for a key, refuses a wrong one, and says how to log a first run', async () => {
    const { page } = visitor;
    await page.goto(server.url);
    await page.getByLabel('API key').fill('wrong');
    expect(await visitor.violations()).toEqual([]);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('does not take the key').waitFor();
    await page.getByLabel('API key').fill(server.key);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Log the first run' }).waitFor();
    await page.getByRole('link', { name: 'Default' }).click();
    await page.getByRole('heading', { name: 'No runs yet' }).waitFor();
    await page.getByText('startRun').waitFor();
    expect(await visitor.violations()).toEqual([]);
  });

  it('opens by the link, shows hostile names as text, and keeps to the policy', async () => {
    const { page } = visitor;
    const { experiment } = (await post('commands/create-experiment', { name: HOSTILE })).result;
    const events = ['first', 'second'].map((run) => ({
      type: 'run.started',
      subject: `run/${run}`,
      data: { experiment, name: `${run} ${HOSTILE}` },
    }));
    await post('events', { events });
    const fresh = await openVisitor(`${folder.path}/fresh`);
    try {
      await fresh.page.goto(link('/'));
      await fresh.page.getByRole('link', { name: HOSTILE }).click();
      await fresh.page.getByRole('table', { name: `Runs of ${HOSTILE}` }).waitFor();
      await fresh.page.getByRole('link', { name: `second ${HOSTILE}` }).waitFor();
      expect(fresh.page.url()).toBe(`${server.url}/experiments/${experiment}`);
      expect(await fresh.page.title()).toContain(HOSTILE);
      expect(await fresh.violations()).toEqual([]);
      await fresh.page.getByRole('button', { name: /theme/ }).click();
      expect(await fresh.violations()).toEqual([]);
      expect(fresh.complaints).toEqual([]);
    } finally {
      await fresh.close();
    }
    const answer = await page.request.get(server.url);
    expect(answer.headers()['content-security-policy']).not.toContain('unsafe');
  });
});
