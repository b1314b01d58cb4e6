import { eventually, type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { openVisitor, type Visitor } from './browser';
import { postTo } from './post-to';

const HOSTILE = '<img src=x onerror=document.title="owned">';

describe('how long a project keeps, in a real browser', () => {
  let folder: TemporaryFolder;
  let server: AllInOne;
  let visitor: Visitor;
  const api = (path: string, body: object) => postTo(server)(path, body);
  const rowOf = (table: string, text: string) =>
    visitor.page.getByRole('table', { name: table }).getByRole('row').filter({ hasText: text });
  const pressed = (name: string): Promise<void> => visitor.page.getByRole('button', { name }).click();
  const said = async (grounds: string): Promise<void> => {
    await visitor.page.getByLabel('On what grounds').fill(grounds);
    await pressed('Say so');
    await visitor.page.getByRole('dialog').waitFor({ state: 'detached' });
  };

  /** A run that has ended, with three points of one metric. */
  const recordOver = async (run: string): Promise<void> => {
    const of = (type: string, data: object) => ({ type, subject: `run/${run}`, data });
    await api('metrics', { run, series: [{ key: 'loss', steps: [0, 1, 2], values: [3, 2, 1] }] });
    await api('events', {
      events: [of('run.started', { experiment: '0', name: run }), of('run.finished', { outcome: 'finished' })],
    });
  };

  beforeAll(async () => {
    folder = temporaryFolder('retention-pages');
    server = await startAllInOne(`${folder.path}/data`);
    const data = { experiment: '0', name: 'first' };
    await api('events', { events: [{ type: 'run.started', subject: 'run/first', data }] });
    await recordOver('over');
    await recordOver('kept');
    await api('commands/create-project', { id: 'late', project: 'late', name: 'late' });
    await api('commands/create-experiment', { experiment: 'late', project: 'late', name: 'late' });
    const begun = (run: string, name: string) => ({
      ...{ type: 'run.started', subject: `run/${run}` },
      data: { experiment: 'late', project: 'late', name },
    });
    await api('events', { events: [begun('late', 'in time'), begun('other', 'other')] });
    await api('commands/place-hold', { reference: 'case 2', runs: ['kept'] });
    await api('commands/create-project', { project: 'vision', name: HOSTILE });
    await api('commands/place-hold', { reference: 'case 3', runs: ['r1'], projects: ['vision'] });
    visitor = await openVisitor(`${folder.path}/profile`);
    await visitor.page.goto(`${server.url}/#key=${encodeURIComponent(server.key)}`);
  }, 180_000);
  afterEach(async () => {
    expect(await visitor.violations()).toEqual([]);
    // What is refused on purpose, the browser tells as well.
    expect(visitor.complaints.filter((complaint) => !complaint.includes('403 (Forbidden)'))).toEqual([]);
  });
  afterAll(async () => {
    await visitor.close();
    await server.process.stop();
    folder.remove();
  });

  it('is for ever until somebody says otherwise', async () => {
    const { page } = visitor;
    await page.getByRole('link', { name: 'Retention' }).click();
    await rowOf('What holds', 'Points of runs').getByText('for ever').waitFor();
    await rowOf('What holds', 'Who may delete').getByText('whoever may write').waitFor();
    await page.getByText('Nobody has said anything yet').waitFor();
  });

  it('tells what would go before it is said, as the form is filled in, and changes nothing', async () => {
    const { page } = visitor;
    await pressed('Keep for so long …');
    const told = page.getByRole('status', { name: 'What would go' });
    await told.getByText('Points of runs: nothing').waitFor();
    await page.getByLabel('Points of runs').fill('0');
    await told.getByText('Points of runs: 3 points of 1 metric, in 1 run; a hold keeps those of 1 other run').waitFor();
    await page.getByLabel('Points of runs').fill('30');
    await told.getByText('Points of runs: nothing', { exact: true }).waitFor();
    await page.getByLabel('Points of runs').fill('no');
    await told.waitFor({ state: 'detached' });
    await pressed('Cancel');
    await page.getByText('Nobody has said anything yet').waitFor();
  });

  it('is said with grounds, holds later, and is taken back until then', async () => {
    const { page } = visitor;
    await pressed('Keep for so long …');
    await page.getByLabel('Points of runs').fill('soon');
    await page.getByLabel('On what grounds').fill('rule 4');
    expect(await page.getByRole('button', { name: 'Say so' }).isDisabled()).toBe(true);
    await page.getByLabel('Points of runs').fill('90');
    expect(await visitor.violations()).toEqual([]);
    await said('rule 4');
    const points = rowOf('What holds', 'Points of runs');
    await points.getByText(/^90 days after the end of a run, from 20\d\d-/).waitFor();
    await points.getByText('for ever').waitFor();
    const order = rowOf('Who said so', 'rule 4');
    await order.getByText('Points of runs: 90 days after the end of a run').waitFor();
    expect(await order.getByRole('link', { name: 'Proof' }).getAttribute('href')).toMatch(/^\/ledger\?event=.+/);
    await pressed('Keep as it is now …');
    await said('a mistake');
    await page.getByRole('button', { name: 'Keep as it is now …' }).waitFor({ state: 'detached' });
    expect(await points.getByText(/90 days/).count()).toBe(0);
  });

  it('tells who may delete, and lets fewer at once', async () => {
    const { page } = visitor;
    await pressed('Who may delete …');
    await page.getByLabel('Who may delete').selectOption('nobody');
    await said('rule 7');
    const who = rowOf('What holds', 'Who may delete');
    await who.getByText('nobody').waitFor();
    await who.getByText('you may not').waitFor();
  });

  it('says beforehand why somebody may not delete', async () => {
    const { page } = visitor;
    await page.goto(`${server.url}/experiments/0`);
    await page.getByRole('checkbox', { name: /^Pick first/ }).check();
    const refusal = 'by the policy of the project default, nobody deletes';
    await page.getByText(`Not to be deleted: ${refusal}`).waitFor();
    const button = page.getByRole('button', { name: 'Delete' });
    expect([await button.isDisabled(), await button.getAttribute('title')]).toEqual([true, refusal]);
  });

  it('says so where a policy came in between, and no longer offers it then', async () => {
    const { page } = visitor;
    await page.goto(`${server.url}/experiments/late`);
    const told = page.waitForResponse((answer) => answer.url().endsWith('/retention/deleters') && answer.ok());
    await page.getByRole('checkbox', { name: /^Pick in time/ }).check();
    await told;
    const button = page.getByRole('button', { name: 'Delete' });
    expect(await button.isDisabled()).toBe(false);
    await api('commands/set-deleters', { project: 'late', deleters: 'nobody', reference: 'rule 7' });
    // The door knows it within a second; of another run it is seen when.
    const of = { subject: 'run/other', type: 'run.updated', data: { lifecycle: 'deleted' } };
    await eventually(
      () =>
        api('events', { events: [of] }).then(
          () => undefined,
          (error: unknown) => String(error).includes('DELETION_NOT_ALLOWED') || undefined,
        ),
      10_000,
    );
    await button.click();
    await page.getByRole('alert').getByText('By the policy of the project late, nobody deletes').waitFor();
    await page.getByText('Not to be deleted: by the policy of the project late').waitFor();
    expect(await button.isDisabled()).toBe(true);
  });

  it('shows the holds of a project whose name is text', async () => {
    const { page } = visitor;
    await page.getByRole('link', { name: 'Retention' }).click();
    await page.getByLabel('Project').selectOption({ label: HOSTILE });
    await page.waitForURL(/\/retention\?project=vision$/);
    await page.reload();
    await rowOf('Holds', 'case 3').getByText('project vision, run r1').waitFor();
    await page.getByText('Nobody has said anything yet').waitFor();
    expect(await page.title()).toBe('Retention · Runledger');
    await page.getByText('Nothing has gone yet.').waitFor();
    await page.setViewportSize({ width: 400, height: 800 });
  });

  it('lists what has gone, by whose order, with its proof, and nothing of what is held', async () => {
    const { page } = visitor;
    await page.setViewportSize({ width: 1_280, height: 800 });
    await page.goto('about:blank');
    await server.process.stop();
    server = await startAllInOne(`${folder.path}/data`, { RUNLEDGER_RETENTION_DELAY_HOURS: '0' });
    await api('commands/set-retention', { project: 'default', points: 0, artifacts: null, reference: 'rule 9' });
    await page.goto(`${server.url}/retention#key=${encodeURIComponent(server.key)}`);
    const gone = rowOf('What has expired', 'over');
    await gone.getByText('3 points of 1 metric', { exact: true }).waitFor({ timeout: 60_000 });
    await gone.getByText('0 days after the end, by admin').waitFor();
    expect(await gone.getByRole('link', { name: 'Proof' }).getAttribute('href')).toMatch(/^\/ledger\?event=.+/);
    expect(await page.getByRole('table', { name: 'What has expired' }).getByRole('row').count()).toBe(2);
    expect(await gone.getByRole('link', { name: 'over' }).getAttribute('href')).toBe('/runs/over');
    // The other is held.
    await rowOf('What holds', 'Points of runs').getByText('nothing').waitFor();
  }, 120_000);
});
