import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { openVisitor, type Visitor } from './browser';

const ONLY_2 = 'q=params.lr+%3D+%272%27';

describe('what people say of runs, in a real browser', () => {
  let folder: TemporaryFolder;
  let server: AllInOne;
  let visitor: Visitor;
  const api = async (path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(`${server.url}/api/v1/${path}`, {
      headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const link = (path: string) => `${server.url}${path}#key=${encodeURIComponent(server.key)}`;
  const table = () => visitor.page.getByRole('table', { name: 'Runs of e1' });

  beforeAll(async () => {
    folder = temporaryFolder('notes');
    server = await startAllInOne(`${folder.path}/data`);
    visitor = await openVisitor(`${folder.path}/profile`);
    await visitor.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await api('commands/create-experiment', { name: 'e1', experiment: 'e1' });
    const events = ['a', 'b', 'c'].map((run, lr) => [
      { type: 'run.started', subject: `run/${run}`, data: { experiment: 'e1', name: `run ${run}` } },
      { type: 'params.logged', subject: `run/${run}`, data: { params: [{ key: 'lr', value: lr }] } },
    ]);
    const { position } = (await api('events', { events: events.flat() })) as { position: string };
    await api(`runs/a?at-least=${position}`);
    await visitor.page.goto(link('/experiments/e1'));
  });
  afterAll(async () => {
    await visitor.close();
    await server.process.stop();
    folder.remove();
  });

  it('tags, deletes and restores picked runs, and undoes it', async () => {
    const { page } = visitor;
    for (const run of ['a', 'b']) await page.getByLabel(`Pick run ${run}`).check();
    const picked = page.getByRole('region', { name: 'Picked runs' });
    await picked.getByLabel('Tag').fill('team: vision');
    await picked.getByRole('button', { name: 'Tag' }).click();
    await page.getByText('2 runs tagged team: vision').waitFor();
    expect(await api('runs/a/tags')).toMatchObject({ tags: [{ key: 'team', value: 'vision' }] });
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('2 runs tagged team: vision').waitFor({ state: 'hidden' });
    expect(await api('runs/a/tags')).toMatchObject({ tags: [] });

    await picked.getByRole('button', { name: 'Delete' }).click();
    await table().getByRole('link', { name: 'run a' }).waitFor({ state: 'hidden' });
    await page.getByLabel('Deleted').check();
    await table().getByRole('link', { name: 'run a' }).waitFor();
    expect(await visitor.violations()).toEqual([]);
    await page.getByLabel('Pick run a').check();
    await picked.getByRole('button', { name: 'Restore' }).click();
    await table().getByRole('link', { name: 'run a' }).waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await table().getByRole('link', { name: 'run a' }).waitFor();
    for (const run of ['a', 'b']) await page.getByLabel(`Pick run ${run}`).check();
    await picked.getByRole('button', { name: 'Restore' }).click();
    await page.getByText('No run is deleted').waitFor();
    await page.getByLabel('Deleted').uncheck();
    await table().getByRole('link', { name: 'run b' }).waitFor();
  });

  it('saves a view, which its link opens elsewhere as it is saved now', async () => {
    const { page } = visitor;
    const filter = page.getByLabel('Filter runs');
    await filter.fill("params.lr != '0'");
    await filter.press('Enter');
    await page.getByText('2 runs', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByLabel('Name of the view').fill('fast ones');
    await page.getByRole('button', { name: 'Save view' }).click();
    await page.getByRole('button', { name: 'Copy link to view' }).click();
    const shared = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(await visitor.violations()).toEqual([]);
    await page.keyboard.press('Escape');
    await filter.fill("params.lr = '2'");
    await filter.press('Enter');
    await page.getByText('1 run', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('button', { name: 'Save changes' }).click();
    await expect(waitForView(ONLY_2)).resolves.toBe('fast ones');
    const fresh = await openVisitor(`${folder.path}/fresh`);
    try {
      await fresh.page.goto(`${shared}#key=${encodeURIComponent(server.key)}`);
      await fresh.page.getByText('1 run', { exact: true }).waitFor();
      expect(await fresh.page.getByLabel('Filter runs').inputValue()).toBe("params.lr = '2'");
      expect(fresh.complaints).toEqual([]);
    } finally {
      await fresh.close();
    }
    await page.getByRole('button', { name: 'Delete view' }).click();
    await page.getByText('View fast ones is deleted').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('View fast ones is deleted').waitFor({ state: 'hidden' });
    await expect(waitForView(ONLY_2)).resolves.toBe('fast ones');
  });

  async function waitForView(search: string): Promise<string | undefined> {
    for (let tried = 0; tried < 50; tried++) {
      const { views } = (await api('views?experiment=e1')) as { views: Array<{ name: string; search: string }> };
      const found = views.find((view) => view.search === search);
      if (found !== undefined) return found.name;
      await new Promise((done) => setTimeout(done, 100));
    }
    return undefined;
  }

  it('writes a note in markdown, whose HTML is text, and tags, with undo and history', async () => {
    const { page } = visitor;
    await page.goto(link('/runs/a?tab=overview'));
    await page.getByRole('button', { name: 'Write a note' }).click();
    const text =
      '**Diverged** at <img src=x onerror="document.title=1">\n\n- [paper](https://example.org)\n- [bad](javascript:alert(1))';
    await page.getByLabel('Note, in markdown').fill(text);
    await page.getByRole('button', { name: 'Save note' }).click();
    await page.getByRole('button', { name: 'Edit note' }).waitFor();
    const note = page.getByRole('region', { name: 'Note' });
    await note.locator('strong', { hasText: 'Diverged' }).waitFor();
    const links = await note.getByRole('link').all();
    expect(await Promise.all(links.map((one) => one.getAttribute('href')))).toEqual(['https://example.org']);
    expect(await note.locator('img').count()).toBe(0);
    await note.getByText('<img src=x').waitFor();
    await note.getByRole('button', { name: 'Edit note' }).click();
    await page.getByLabel('Note, in markdown').fill('fine now');
    await page.keyboard.press('Control+Enter');
    await note.getByRole('button', { name: 'Edit note' }).waitFor();
    await note.getByText('fine now').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await note.locator('strong', { hasText: 'Diverged' }).waitFor();
    await note.getByRole('button', { name: 'History' }).click();
    await note.getByText('fine now').waitFor();
    expect(await note.getByRole('listitem').filter({ hasText: 'by admin' }).count()).toBe(3);
    expect(await visitor.violations()).toEqual([]);

    const tags = page.getByRole('region', { name: 'Tags' });
    await tags.getByLabel('Tag').fill('stage: final');
    await tags.getByRole('button', { name: 'Tag', exact: true }).click();
    await tags.getByRole('button', { name: 'Remove tag stage' }).click();
    await tags.getByText('final').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await tags.getByText('final').waitFor();
    expect(await visitor.violations()).toEqual([]);
    await page.getByRole('button', { name: /theme/ }).click();
    expect(await visitor.violations()).toEqual([]);
    expect(visitor.complaints).toEqual([]);
  });
});
