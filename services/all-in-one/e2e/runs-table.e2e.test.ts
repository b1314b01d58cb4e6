import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { openVisitor, type Visitor } from './browser';
import { postTo } from './post-to';

const CONFIGS = [
  { opt: 'adam', lr: 0.1 },
  { opt: 'adam', lr: 0.01 },
  { opt: 'sgd', lr: 1 },
];

describe('the table of runs', () => {
  let folder: TemporaryFolder;
  let server: AllInOne;
  let visitor: Visitor;

  beforeAll(async () => {
    folder = temporaryFolder('runs-table');
    server = await startAllInOne(`${folder.path}/data`);
    visitor = await openVisitor(`${folder.path}/profile`);
    const post = postTo(server);
    await post('commands/create-experiment', { name: 'sweep', experiment: 'sweep' });
    for (const [at, { opt, lr }] of CONFIGS.entries())
      for (const seed of [1, 2]) {
        const run = `r${at}${seed}`;
        const subject = `run/${run}`;
        const startedAt = new Date(1_790_000_000_000 + at * 10_000 + seed * 1_000).toISOString();
        const started = {
          type: 'run.started',
          subject,
          data: { experiment: 'sweep', name: `trial ${run}`, startedAt },
        };
        const params = [
          { key: 'opt', value: opt },
          { key: 'lr', value: lr },
          { key: 'seed', value: seed },
        ];
        await post('events', { events: [started, { type: 'params.logged', subject, data: { params } }] });
        const values = [at + 1, at + seed / 10];
        await post('metrics', { run, writer: 'w', sequence: 0, series: [{ key: 'val/loss', steps: [0, 1], values }] });
      }
    await visitor.page.goto(`${server.url}/#key=${encodeURIComponent(server.key)}`);
    await visitor.page.getByRole('link', { name: 'sweep' }).click();
    await visitor.page.getByText('6 runs', { exact: true }).waitFor();
  });
  afterAll(async () => {
    await visitor.close();
    await server.process.stop();
    folder.remove();
  });

  it('completes names, comparators and values of a filter by keyboard', async () => {
    const { page } = visitor;
    const filter = page.getByRole('combobox', { name: 'Filter runs' });
    const offers = page.getByRole('listbox', { name: 'What may stand here' });
    const take = async (typed: string, offered: string): Promise<void> => {
      await page.keyboard.type(typed);
      await offers.getByRole('option', { name: offered }).first().waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
    };
    await filter.focus();
    await take('lr', 'params.lr param');
    await take('>', '>=');
    expect(await filter.inputValue()).toBe('params.lr >= ');
    expect(await visitor.violations()).toEqual([]);
    await take('0.0', '0.01 value');
    await take('a', 'AND');
    await take('opt', 'params.opt param');
    await page.keyboard.type('= ');
    await take('ad', "'adam' value");
    await page.keyboard.press('Enter');
    await page.getByText('4 runs', { exact: true }).waitFor();
    expect(new URL(page.url()).searchParams.get('q')).toBe("params.lr >= 0.01 AND params.opt = 'adam'");
    await filter.fill("params.lr >= 'x'");
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: '>= compares a param with a number, without quotes' }).waitFor();
    expect(await page.locator('mark').innerText()).toBe("'x'");
    expect(await visitor.violations()).toEqual([]);
    await filter.fill('');
    await page.keyboard.press('Enter');
    await page.getByText('6 runs', { exact: true }).waitFor();
  });

  it('shows the least value of a metric as a column, and sorts by it', async () => {
    const { page } = visitor;
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByLabel('Search columns').fill('loss');
    await page.getByRole('checkbox', { name: 'min val/loss' }).check();
    expect(await visitor.violations()).toEqual([]);
    await page.keyboard.press('Escape');
    const head = page.getByRole('columnheader', { name: 'min val/loss' });
    await head.getByRole('button').first().click();
    await page.getByRole('row').nth(1).getByText('trial r01').waitFor();
    await head.getByRole('button').first().click();
    await page.getByRole('row').nth(1).getByText('trial r22').waitFor();
  });

  it('has a menu for each column, which is dragged to another place', async () => {
    const { page } = visitor;
    const titles = (): Promise<string[]> =>
      page.evaluate<string[]>('[...document.querySelectorAll("[data-column]")].map((head) => head.dataset.column)');
    const before = await titles();
    await page
      .getByRole('columnheader', { name: 'Duration' })
      .getByRole('button')
      .first()
      .dragTo(page.getByRole('columnheader', { name: 'Status' }).getByRole('button').first());
    const moved = before.filter((id) => id !== 'duration');
    moved.splice(before.indexOf('status'), 0, 'duration');
    expect(await titles()).toEqual(moved);
    await page.getByRole('button', { name: 'Column Duration' }).click();
    await page.getByRole('dialog', { name: 'Column Duration' }).waitFor();
    expect(await visitor.violations()).toEqual([]);
    await page.getByRole('button', { name: 'Hide' }).click();
    await page.getByRole('columnheader', { name: 'Duration' }).waitFor({ state: 'hidden' });
    expect(JSON.parse(new URL(page.url()).searchParams.get('cols') ?? '[]')).not.toContain('duration');
  });

  it('groups by config, and opens the runs of a group', async () => {
    const { page } = visitor;
    await page.getByRole('button', { name: 'Group', exact: true }).click();
    await page.getByRole('button', { name: 'By whole config' }).click();
    await page.keyboard.press('Escape');
    const groups = page.getByRole('table', { name: 'Groups of sweep' });
    const sgd = groups.getByRole('row').filter({ hasText: 'sgd' });
    // Latest values 2.1 and 2.2.
    await sgd.getByText('2.15 ± 0.071').first().waitFor();
    expect(await groups.getByRole('row').count()).toBe(4);
    expect(await visitor.violations()).toEqual([]);
    await sgd.getByRole('button', { name: '2', exact: true }).click();
    await page.getByText('2 runs', { exact: true }).waitFor();
    expect(new URL(page.url()).searchParams.get('q')).toContain("params.opt = 'sgd'");
    await page.getByRole('table', { name: 'Runs of sweep' }).getByText('trial r21').waitFor();
  });

  it('picks a range with Shift, and all', async () => {
    const { page } = visitor;
    await page.getByLabel('Filter runs').fill('');
    await page.keyboard.press('Enter');
    await page.getByText('6 runs', { exact: true }).waitFor();
    const boxes = page.getByRole('checkbox', { name: /^Pick trial/ });
    await boxes.nth(1).click();
    await boxes.nth(4).click({ modifiers: ['Shift'] });
    await page.getByText('4 picked').waitFor();
    await page.getByLabel('Pick all 6 that are read').click();
    await page.getByText('6 picked').waitFor();
    expect(visitor.complaints.filter((one) => !one.includes('400'))).toEqual([]);
  });
});
