import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { openVisitor, type Visitor } from './browser';

const HOSTILE = '<img src=x onerror=document.title="owned">';

describe('dashboards, reports and comments, in a real browser', () => {
  let folder: TemporaryFolder;
  let server: AllInOne;
  let visitor: Visitor;
  const api = async <T>(path: string, body?: object): Promise<T> => {
    const answer = await fetch(`${server.url}/api/v1/${path}`, {
      headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  const link = (path: string) => `${server.url}${path}#key=${encodeURIComponent(server.key)}`;
  const log = async (run: string, accuracy: number): Promise<void> => {
    const subject = `run/${run}`;
    const started = { type: 'run.started', subject, data: { experiment: 'e1', name: `${run} ${HOSTILE}` } };
    const { position } = await api<{ position: string }>('events', { events: [started] });
    await api(`runs/${run}?at-least=${position}`);
    const series = [{ key: 'accuracy', steps: [0, 1, 2], values: [accuracy, accuracy + 0.01, accuracy + 0.02] }];
    await api('metrics', { run, writer: 'w', sequence: 0, series });
  };

  beforeAll(async () => {
    folder = temporaryFolder('boards');
    server = await startAllInOne(`${folder.path}/data`);
    await api('commands/create-experiment', { name: 'e1', experiment: 'e1' });
    for (const [at, run] of ['a', 'b', 'c'].entries()) await log(run, at / 10);
    await api('commands/save-view', {
      view: 'v1',
      experiment: 'e1',
      name: 'best two',
      search: "q=run_name+!%3D+'x'&sort=-metrics.accuracy&cols=%5B%22name%22%2C%22metrics.accuracy%22%5D",
    });
    visitor = await openVisitor(`${folder.path}/profile`);
    await visitor.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await visitor.page.goto(link('/boards'));
  });
  afterEach(async () => {
    expect(await visitor.violations()).toEqual([]);
    expect(visitor.complaints.filter((one) => !one.includes('409'))).toEqual([]);
    expect(await visitor.page.title()).not.toBe('owned');
  });
  afterAll(async () => {
    await visitor?.close();
    await server.process.stop();
    folder.remove();
  });

  const panelNames = () =>
    visitor.page.evaluate<string[]>(
      `[...document.querySelectorAll('[data-form] > section')].map((one) => one.getAttribute('aria-label'))`,
    );
  const boardOf = () => visitor.page.evaluate<string>(`location.pathname.split('/').at(-1)`);

  it('begins with nothing, and is put together of text, runs and curves over a saved view', async () => {
    const { page } = visitor;
    await page.getByRole('heading', { name: 'No dashboards or reports yet' }).waitFor();
    await page.getByLabel('Name').fill('Weekly');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: 'Weekly', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.getByRole('button', { name: 'Add text' }).click();
    await page.getByLabel('Title').fill('Why');
    await page.getByLabel('Text, in markdown').fill(`**Adam** wins ${HOSTILE}`);
    expect(await visitor.violations()).toEqual([]);
    await page.getByRole('button', { name: 'Use it' }).click();
    for (const [button, title] of [
      ['Add runs', 'Best'],
      ['Add curves', 'Accuracy'],
    ] as const) {
      await page.getByRole('button', { name: button }).click();
      await page.getByLabel('Title').fill(title);
      await page.getByLabel('Experiment', { exact: true }).selectOption('e1');
      await page.getByLabel('Saved view').selectOption('v1');
      if (button === 'Add curves') await page.getByLabel('Metric').fill('accuracy');
      expect(await visitor.violations()).toEqual([]);
      await page.getByRole('button', { name: 'Use it' }).click();
    }
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('button', { name: 'Edit', exact: true }).waitFor();
    const best = page.getByRole('region', { name: 'Best' });
    await best.getByRole('row').nth(1).getByText('c <img').waitFor();
    await best.getByText('0.22').waitFor();
    await page.getByRole('region', { name: 'Panel Accuracy' }).locator('canvas').waitFor();
    await page.getByText(HOSTILE, { exact: false }).first().waitFor();
  });

  it('stays live: a run that is better comes first without a reload', async () => {
    await log('d', 0.9);
    const first = visitor.page.getByRole('region', { name: 'Best' }).getByRole('row').nth(1);
    await first.getByText('d <img').waitFor();
  });

  it('is laid out by dragging, and by keys alone', async () => {
    const { page } = visitor;
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    expect(await panelNames()).toEqual(['Panel Why', 'Panel Best', 'Panel Accuracy']);
    await page
      .getByRole('button', { name: 'Move Why', exact: true })
      .dragTo(page.getByRole('region', { name: 'Panel Accuracy' }));
    expect(await panelNames()).toEqual(['Panel Best', 'Panel Accuracy', 'Panel Why']);
    const handle = page.getByRole('button', { name: 'Move Why', exact: true });
    await handle.focus();
    await page.keyboard.press('ArrowUp');
    expect(await panelNames()).toEqual(['Panel Best', 'Panel Why', 'Panel Accuracy']);
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Shift+ArrowUp');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('button', { name: 'Edit', exact: true }).waitFor();
    const saved = await api<{ number: number; panels: object[] }>(`boards/${await boardOf()}`);
    expect(saved).toMatchObject({ number: 3, panels: [{}, { title: 'Why', width: 7, height: 1 }, {}] });
  });

  it('is refused where somebody else was first, and keeps what was written', async () => {
    const { page } = visitor;
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.getByLabel('Name').fill('Mine');
    await api('commands/save-board', { board: await boardOf(), form: 'dashboard', name: 'Theirs', panels: [] });
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('alert').getByText('Somebody else has saved this meanwhile').waitFor();
    expect(await page.getByLabel('Name').inputValue()).toBe('Mine');
    await page.getByRole('button', { name: 'Cancel' }).click();
  });

  it('has versions, of which an old one is a link that another profile opens, and can be restored', async () => {
    const { page } = visitor;
    await page.getByRole('heading', { name: 'Theirs' }).waitFor();
    await page.getByRole('button', { name: 'Versions' }).click();
    await page.getByRole('link', { name: 'Version 3' }).click();
    await page.getByText('Version 3, as it was saved by admin').waitFor();
    expect(await panelNames()).toEqual(['Panel Best', 'Panel Why', 'Panel Accuracy']);
    const fresh = await openVisitor(`${folder.path}/fresh`);
    try {
      await fresh.page.goto(`${page.url()}#key=${encodeURIComponent(server.key)}`);
      await fresh.page.getByText('Version 3, as it was saved by admin').waitFor();
      await fresh.page.getByRole('region', { name: 'Why' }).waitFor();
      expect(fresh.complaints).toEqual([]);
    } finally {
      await fresh.close();
    }
    await page.getByRole('button', { name: 'Restore this version' }).click();
    await page.getByRole('heading', { name: 'Weekly', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Edit', exact: true }).waitFor();
  });

  it('freezes a table of runs and curves as they stand, which later runs and points do not move', async () => {
    const { page } = visitor;
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.getByRole('button', { name: 'Edit Best' }).click();
    await page.getByLabel('Freeze as it stands now').check();
    await page.getByRole('button', { name: 'Use it' }).click();
    await page.getByRole('button', { name: 'Edit Accuracy' }).click();
    await page.getByLabel('Freeze as it stands now').check();
    await page.getByRole('button', { name: 'Use it' }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const best = page.getByRole('region', { name: 'Best' });
    await best.getByText('Frozen: as it stood').waitFor();
    const chart = page
      .getByRole('region', { name: 'Panel Accuracy' })
      .getByRole('img', { name: /^accuracy[.] .*d <img/ });
    const said = await chart.getAttribute('aria-label');
    await log('e', 2);
    const later = [{ key: 'accuracy', steps: [3], values: [7] }];
    await api('metrics', { run: 'd', writer: 'w', sequence: 1, series: later });
    await page.reload();
    await chart.waitFor();
    expect(await chart.getAttribute('aria-label')).toBe(said);
    await best.getByRole('row').nth(1).getByText('d <img').waitFor();
    expect(await best.getByText('e <img').count()).toBe(0);
  });

  it('is talked about, with undo, and so are a run and its charts', async () => {
    const { page } = visitor;
    await page.getByLabel('New comment').fill(`@ada look ${HOSTILE} [x](javascript:alert(1))`);
    await page.keyboard.press('Control+Enter');
    const said = page.getByRole('listitem').filter({ hasText: '@ada look' });
    await said.waitFor();
    expect(await said.locator('img, a').count()).toBe(0);
    await page.goto(`${server.url}/runs/a?tab=comments`);
    await page.getByLabel('On a chart').fill('accuracy');
    await page.getByLabel('New comment').fill('a **spike**');
    await page.getByRole('button', { name: 'Comment', exact: true }).click();
    const spike = page.getByRole('listitem').filter({ hasText: 'on chart accuracy' });
    await spike.locator('strong', { hasText: 'spike' }).waitFor();
    await spike.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Comment, in other words').fill('no spike');
    await page.getByRole('button', { name: 'Save' }).click();
    await spike.getByText('no spike').waitFor();
    await spike.getByRole('button', { name: 'Delete' }).click();
    await spike.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await spike.getByText('no spike').waitFor();
    const { changes } = await api<{ changes: Array<{ type: string }> }>('changes?limit=200');
    expect(changes.filter(({ type }) => type === 'comment.mentioned')).toHaveLength(1);
  });

  it('is deleted, and back by undo', async () => {
    const { page } = visitor;
    await page.getByRole('link', { name: 'Reports' }).first().click();
    await page.getByRole('link', { name: 'Weekly' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).first().click();
    await page.getByRole('heading', { name: 'No dashboards or reports yet' }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('link', { name: 'Weekly' }).waitFor();
  });
});
