import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { openVisitor, type Visitor } from './browser';
import { postTo } from './post-to';

const HOSTILE = '<img src=x onerror=document.title="owned">';
const MEANING = 'validated for production';

describe('objectives, approvals and the inventory, in a real browser', () => {
  let folder: TemporaryFolder;
  let server: AllInOne;
  let visitor: Visitor;
  const api = (path: string, body: object) => postTo(server)(path, body);

  beforeAll(async () => {
    folder = temporaryFolder('governance-pages');
    server = await startAllInOne(`${folder.path}/data`);
    await api('events', {
      events: [{ type: 'run.started', subject: 'run/r', data: { experiment: '0', name: 'best' } }],
    });
    await api('metrics', { run: 'r', series: [{ key: 'accuracy', steps: [0], values: [0.95] }] });
    const scope = { kind: 'project', id: 'default' };
    for (const [objective, metric, threshold] of [
      ['accurate', 'accuracy', 0.9],
      [HOSTILE, 'accuracy', 0.99],
      ['fair', 'parity', 0.8],
    ] as const)
      await api('commands/define-objective', {
        scope,
        definition: { name: objective, metric, aggregate: 'max', comparison: '>=', threshold },
      });
    await api('commands/create-model', { name: 'digits', description: 'Reads digits' });
    await api('commands/create-version', { model: 'digits', source: 'runs:/r/model', run: 'r' });
    const target = { kind: 'alias', name: 'champion' };
    await api('commands/set-gate', { model: 'digits', target, approvals: [{ meaning: MEANING, persons: 1 }] });
    await server.process.stop();
    // Whoever visits now is another person than the author, who was the admin.
    server = await startAllInOne(`${folder.path}/data`, { RUNLEDGER_AUTH: 'off' });
    visitor = await openVisitor(`${folder.path}/profile`);
  }, 180_000);
  afterEach(async () => {
    expect(await visitor.violations()).toEqual([]);
    expect(visitor.complaints).toEqual([]);
  });
  afterAll(async () => {
    await visitor.close();
    await server.process.stop();
    folder.remove();
  });

  it('a table of runs has objectives as columns, and so has a comparison', async () => {
    const { page } = visitor;
    await page.goto(`${server.url}/experiments/0`);
    const table = page.getByRole('table', { name: /^Runs of/ });
    const row = table.getByRole('row').filter({ hasText: 'best' });
    await row.getByText('missed by 0.04').waitFor();
    await row
      .getByText(/^✓\s*met$/)
      .first()
      .waitFor();
    await row.getByRole('img', { name: 'defined after the run began' }).first().waitFor();
    const wanted = await table.getByText('accurate', { exact: true }).getAttribute('title');
    expect(wanted).toMatch(/^max of accuracy ≥ 0.9; definition 1, of 20.* by /);
    expect(await visitor.violations()).toEqual([]);
    await page.goto(`${server.url}/compare?runs=${encodeURIComponent('["r"]')}&tab=objectives`);
    const compared = page.getByRole('table', { name: 'Objectives' });
    await compared.getByText('1 of 3').waitFor();
    await compared.getByText('missed by 0.04').waitFor();
  });

  it('a run says what its objectives come to, with hostile names as text', async () => {
    const { page } = visitor;
    await page.goto(`${server.url}/runs/r`);
    await page.getByRole('tab', { name: 'Objectives' }).click();
    const results = page.getByRole('table', { name: 'Objectives' });
    await results.getByRole('row', { name: /accurate .*met .*0\.95/ }).waitFor();
    await results
      .getByRole('row', { name: /missed by 0\.04/ })
      .getByText(HOSTILE)
      .waitFor();
    await results.getByRole('row', { name: /no value .*the run has logged no parity/ }).waitFor();
  });

  it('a model says who answers for it, and so does the inventory', async () => {
    const { page } = visitor;
    await page.goto(`${server.url}/models/digits`);
    await page.getByRole('button', { name: 'Enter it' }).click();
    await page.getByLabel('Owner').fill('Vision');
    await page.getByLabel('Tier').fill('1');
    await page.getByLabel('Review by').fill('2020-01-31');
    expect(await visitor.violations()).toEqual([]);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('region', { name: 'Inventory' }).getByText('2020-01-31, overdue').waitFor();
    await page.goto(`${server.url}/models`);
    await page.getByRole('link', { name: 'Inventory' }).click();
    await page.reload(); // it is a place of its own
    await page.getByLabel('Only overdue reviews').check();
    await page
      .getByRole('table', { name: 'Models' })
      .getByRole('row', { name: /digits 1 Vision .*overdue/ })
      .waitFor();
  });

  it('a version is approved on what is shown, which opens its gate, and closes it again when withdrawn', async () => {
    const { page } = visitor;
    await page.goto(`${server.url}/models/digits`);
    await page.getByRole('table', { name: 'Versions' }).getByRole('link', { name: '1', exact: true }).click();
    const gates = page.getByRole('table', { name: 'Gates' });
    await gates.getByRole('row', { name: /alias champion .*closed .*by 1 more who are not its authors/ }).waitFor();
    await page.getByRole('button', { name: 'Approve …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Approve version 1' });
    expect(await dialog.getByLabel('What it means').inputValue()).toBe(MEANING);
    await dialog.getByLabel('Your name').fill(HOSTILE);
    await dialog.getByRole('button', { name: 'Approve' }).click();
    const approvals = page.getByRole('table', { name: 'Approvals' });
    await approvals
      .getByRole('row', { name: /validated for production .*counts/ })
      .getByText(HOSTILE)
      .waitFor();
    await gates.getByRole('row', { name: /alias champion .*open/ }).waitFor();
    expect(await visitor.violations()).toEqual([]);

    await approvals.getByRole('button', { name: 'Withdraw' }).click();
    await page.getByRole('dialog').getByLabel('Reason').fill('The test data leaked');
    await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click();
    await approvals.getByText(/The test data leaked/).waitFor();
    await gates.getByRole('row', { name: /closed .*1 more do not count/ }).waitFor();
    await page.getByRole('button', { name: 'Use the dark theme' }).click();
  });

  it('says so when there is no such version', async () => {
    const stray = await openVisitor(`${folder.path}/stray`);
    try {
      for (const version of ['9', 'x']) {
        await stray.page.goto(`${server.url}/models/digits/versions/${version}`);
        await stray.page.getByRole('alert').first().waitFor();
        expect(await stray.violations()).toEqual([]);
      }
    } finally {
      await stray.close();
    }
  });
});
