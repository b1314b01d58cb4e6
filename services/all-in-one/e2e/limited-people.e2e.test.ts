import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import type { Locator } from 'playwright-core';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { openVisitor, type Visitor } from './browser';
import { postTo } from './post-to';

const MARK = 'mark-of-the-other';

describe('somebody who is kept to a project, in a real browser', () => {
  let folder: TemporaryFolder;
  let server: AllInOne;
  let visitor: Visitor;
  /** What the server did not answer as asked. */
  const refused: string[] = [];

  beforeAll(async () => {
    folder = temporaryFolder('limited-people');
    server = await startAllInOne(`${folder.path}/data`);
    const say = (name: string, body: object) => postTo(server)(`commands/${name}`, body) as Promise<unknown>;
    for (const [project, name] of [
      ['vision', 'Vision'],
      ['speech', MARK],
    ] as const) {
      await say('create-project', { project, name });
      await say('create-experiment', { experiment: `e-${project}`, project, name: `${name} tries` });
      const data = { project, experiment: `e-${project}`, name: `${name} run` };
      const events = [{ id: `start-${project}`, subject: `run/r-${project}`, type: 'run.started', data }];
      await postTo(server)('events', { events });
      const series = [{ key: 'loss', steps: [0, 1, 2], values: [1, 0.5, 0.2] }];
      await postTo(server)('metrics', { run: `r-${project}`, series });
    }
    await say('create-model', { name: MARK });
    await say('create-service-account', { account: 'ada', name: 'Ada' });
    await say('grant', { grantee: { kind: 'account', id: 'ada' }, role: 'editor', project: 'vision' });
    const { result } = (await say('create-key', { account: 'ada', label: 'ada' })) as { result: { secret: string } };
    visitor = await openVisitor(`${folder.path}/profile`);
    visitor.page.on('response', (response) => {
      if (response.status() >= 400) refused.push(`${response.status()} ${new URL(response.url()).pathname}`);
    });
    await visitor.page.goto(`${server.url}/#key=${encodeURIComponent(result.secret)}`);
    await visitor.page.getByRole('link', { name: 'Vision tries' }).waitFor();
  });
  afterEach(async () => {
    expect(await visitor.violations()).toEqual([]);
    expect(await visitor.page.content()).not.toContain(MARK);
  });
  afterAll(async () => {
    await visitor.close();
    await server.process.stop();
    folder.remove();
  });

  /** For people who look at it: SHOTS names a folder. */
  async function shoot(name: string): Promise<void> {
    const shots = process.env['SHOTS'];
    if (shots !== undefined) await visitor.page.screenshot({ path: `${shots}/${name}.png` });
  }
  const seen = async (one: Locator): Promise<void> => one.waitFor();

  it('finds in the places, and by keys, only those that are something for him', async () => {
    const { page } = visitor;
    const places = page.getByRole('navigation', { name: 'Places' }).getByRole('link');
    await page.getByRole('link', { name: 'Models' }).waitFor({ state: 'detached' });
    expect(await places.allTextContents()).toEqual(['Experiments', 'Compare', 'Ledger', 'Retention']);
    await page.keyboard.press('Control+k');
    await seen(page.getByRole('combobox'));
    await page.keyboard.type('go to');
    await seen(page.getByRole('option', { name: /Go to the ledger/ }));
    expect(await page.getByRole('option', { name: /models|inventory|reports|operations/ }).count()).toBe(0);
    await page.keyboard.press('Escape');
    await shoot('experiments');
  });

  it('works on runs of the project, where nothing is refused', async () => {
    const { page } = visitor;
    const before = refused.length;
    await page.goto(`${server.url}/experiments/e-vision`);
    await seen(page.getByRole('link', { name: 'Vision run' }));
    await page.goto(`${server.url}/runs/r-vision`);
    await seen(page.getByRole('heading', { name: 'Vision run' }));
    for (const tab of await page.getByRole('tab').all()) {
      await tab.click();
      await page.waitForLoadState('networkidle', { timeout: 700 }).catch(() => undefined); // a live feed never rests
    }
    await page.goto(`${server.url}/compare?runs=r-vision`);
    await seen(page.getByRole('heading', { level: 1 }));
    expect(refused.slice(before)).toEqual([]);
  });

  it('reads the ledger, and is told what to name where everything would be of all', async () => {
    const { page } = visitor;
    const before = refused.length;
    await page.goto(`${server.url}/ledger`);
    await seen(page.getByText(/You are kept to some projects: name what it is of/));
    const scopes = page.getByLabel('Of what').getByRole('option');
    expect(await scopes.allTextContents()).toEqual(['A run', 'A project']);
    await shoot('ledger');
    await page.getByLabel('Only of').fill('experiment/e-vision');
    await seen(page.getByRole('cell', { name: 'experiment.created of experiment/e-vision', exact: true }));
    await page.getByRole('button', { name: 'Verify experiment.created of experiment/e-vision' }).click();
    await seen(page.getByText('✓ holds').nth(2));
    await page.getByLabel('Run', { exact: true }).fill('r-vision');
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download' }).click();
    await download;
    expect(refused.slice(before)).toEqual([]);
  });

  it.each(['/models', '/inventory', '/boards', '/operations'])(
    'is told that %s is not within his grants',
    async (path) => {
      const { page } = visitor;
      await page.goto(server.url + path);
      const state = page.getByRole('status').filter({ hasText: 'Not within your grants' }).first();
      await seen(state);
      expect(await state.textContent()).toContain('You are kept to the project “vision”.');
      expect(await page.getByRole('alert').count()).toBe(0);
      await shoot(path.slice(1));
    },
  );

  it('finds nothing where something of another project is', async () => {
    const { page } = visitor;
    await page.goto(`${server.url}/runs/r-speech`);
    await seen(page.getByRole('alert').first());
    expect(await page.getByRole('alert').first().textContent()).toMatch(/there is no such run/i);
  });
});
