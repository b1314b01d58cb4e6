import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { openVisitor, type Visitor } from './browser';

const POINT = { writer: 'w', sequence: 0 };

describe('the main journey, by keyboard alone', () => {
  let folder: TemporaryFolder;
  let server: AllInOne;
  let visitor: Visitor;

  beforeAll(async () => {
    folder = temporaryFolder('keyboard');
    server = await startAllInOne(`${folder.path}/data`);
    visitor = await openVisitor(`${folder.path}/profile`);
    await visitor.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const post = async (path: string, body: object): Promise<void> => {
      const headers = { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' };
      const answer = await fetch(`${server.url}/api/v1/${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(await answer.text());
    };
    await post('commands/create-experiment', { name: 'digits', experiment: 'digits' });
    for (const [at, opt] of ['adam', 'adam', 'sgd', 'sgd'].entries()) {
      const subject = `run/r${at}`;
      const started = { type: 'run.started', subject, data: { experiment: 'digits', name: `trial ${at}` } };
      const params = { type: 'params.logged', subject, data: { params: [{ key: 'opt', value: opt }] } };
      await post('events', { events: [started, params] });
      await post('metrics', {
        run: `r${at}`,
        ...POINT,
        series: [{ key: 'val/acc', steps: [0], values: [1 - at / 10] }],
      });
    }
    await visitor.page.goto(`${server.url}/#key=${encodeURIComponent(server.key)}`);
    await visitor.page.getByRole('link', { name: 'digits' }).waitFor();
  });
  afterAll(async () => {
    await visitor.close();
    await server.process.stop();
    folder.remove();
  });

  /** Tabs on until the focus is on what is called so. */
  async function tabTo(name: RegExp): Promise<void> {
    const { page } = visitor;
    for (let pressed = 0; pressed < 60; pressed++) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate<string>(
        `(document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '')`,
      );
      if (name.test(focused)) return;
    }
    throw new Error(`Tab does not come to ${name}`);
  }

  async function openPalette(): Promise<void> {
    await visitor.page.keyboard.press('Control+k');
    await visitor.page.locator('[role=combobox]:focus').waitFor();
  }

  it('finds an experiment in the palette, its best run, and copies the link', async () => {
    const { page } = visitor;
    await openPalette();
    await page.keyboard.type('digits');
    await page.getByRole('option', { name: 'digits', selected: true }).waitFor();
    expect(await visitor.violations()).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByRole('table', { name: 'Runs of digits' }).waitFor();
    await page.keyboard.press('b');
    const best = page.getByRole('region', { name: 'Best run' });
    await best.getByText(/opt = adam/).waitFor();
    await page.keyboard.press('c');
    await page.getByText('Copied', { exact: true }).waitFor();
    expect(await page.evaluate<string>('navigator.clipboard.readText()')).toContain('best=max%3Aval%2Facc');
  });

  it('filters, picks runs and compares them', async () => {
    const { page } = visitor;
    await page.keyboard.press('/');
    await page.keyboard.type("params.opt = 'adam'");
    await page.keyboard.press('Enter');
    await page.getByText('2 runs', { exact: true }).waitFor();
    for (const run of ['trial 1', 'trial 0']) {
      await tabTo(new RegExp(`^Pick ${run}$`));
      await page.keyboard.press('Space');
    }
    await page.getByText('2 picked').waitFor();
    await page.getByRole('region', { name: 'Picked runs' }).getByRole('link', { name: 'Compare' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Compare 2 runs' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('e');
    await page.getByRole('heading', { name: 'Experiments' }).waitFor();
  });

  it('opens a run and its parts', async () => {
    const { page } = visitor;
    await openPalette();
    await page.keyboard.type('trial 2');
    await page.getByRole('option', { name: /trial 2/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'trial 2' }).waitFor();
    await tabTo(/^Copy …$/);
    await page.keyboard.press('Enter');
    for (const [name, text] of [
      ['Python', 'mlflow.get_run("r2")'],
      ['curl', '/api/v1/runs/r2'],
    ] as const) {
      await tabTo(new RegExp(`^Copy ${name}$`));
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Copied' }).last().waitFor();
      expect(await page.evaluate<string>('navigator.clipboard.readText()')).toContain(text);
    }
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Copy' }).waitFor({ state: 'hidden' });
    await tabTo(/^Charts$/);
    await page.keyboard.press('ArrowRight');
    await page.getByRole('region', { name: 'Receipts, in batches' }).waitFor();
  });

  it('lists its keys under ?, which can be switched off', async () => {
    const { page } = visitor;
    await page.keyboard.press('?');
    const list = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await list.getByText('Go to experiments').waitFor();
    expect(await visitor.violations()).toEqual([]);
    await list.getByLabel('Shortcuts of single keys').uncheck();
    await page.keyboard.press('Escape');
    await list.waitFor({ state: 'hidden' });
    await page.keyboard.press('?');
    await page.keyboard.press('Control+k');
    const palette = page.getByRole('dialog', { name: 'Command palette' });
    await palette.locator('[role=combobox]:focus').waitFor();
    expect(await list.count()).toBe(0);
    await page.keyboard.type('shortcuts');
    await page.keyboard.press('Enter');
    await list.getByLabel('Shortcuts of single keys').check();
    await page.keyboard.press('Escape');
    expect(visitor.complaints).toEqual([]);
  });
});
