import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { openVisitor, type Visitor } from './browser';

const RUNS = 1_200;
const METRICS = 3_000;

describe('pages of what is long, in a real browser', () => {
  let folder: TemporaryFolder;
  let server: AllInOne;
  let visitor: Visitor;
  const post = async (path: string, body: object): Promise<string> => {
    const headers = { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' };
    const answer = await fetch(`${server.url}/api/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(await answer.text());
    return ((await answer.json()) as { position: string }).position;
  };
  const start = (run: string, name: string, at: number) => ({
    type: 'run.started',
    subject: `run/${run}`,
    data: { experiment: 'long', name, startedAt: new Date(1_790_000_000_000 + at * 1_000).toISOString() },
  });

  beforeAll(async () => {
    folder = temporaryFolder('many-runs');
    server = await startAllInOne(`${folder.path}/data`);
    visitor = await openVisitor(`${folder.path}/profile`);
    await post('commands/create-experiment', { name: 'long', experiment: 'long' });
    const events = Array.from({ length: RUNS }, (_, at) => start(`r${at}`, `run ${at}`, at));
    const position = await post('events', { events });
    await post(`search?at-least=${position}`, { limit: 1 });
    await visitor.page.goto(`${server.url}/#key=${encodeURIComponent(server.key)}`);
    await visitor.page.getByRole('link', { name: 'long' }).click();
  });
  afterAll(async () => {
    await visitor.close();
    await server.process.stop();
    folder.remove();
  });

  it('reads only the runs that moved, and says where others belong', async () => {
    const { page } = visitor;
    const name = `run ${RUNS - 1}`;
    await page.getByRole('link', { name, exact: true }).waitFor();
    const scrolled = page.getByRole('region', { name: 'Runs of long, scrollable' });
    const end = page.getByRole('link', { name: 'run 0', exact: true });
    for (let tried = 0; tried < 60 && !(await end.isVisible()); tried++) {
      await scrolled.press('End');
      await page.waitForTimeout(250);
    }
    await end.waitFor();
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/api/v1/search')) asked.push(request.postData() ?? '');
    });
    await post('events', { events: [{ type: 'run.updated', subject: 'run/r0', data: { name: 'run 0, renamed' } }] });
    await page.getByRole('link', { name: 'run 0, renamed' }).waitFor({ timeout: 15_000 });
    expect(asked.map((body) => (JSON.parse(body) as { filter?: string }).filter)).toEqual(["run_id IN ('r0')"]);

    await post('events', { events: [start('new', 'run new', RUNS)] });
    await page.getByRole('button', { name: 'Other runs belong here now: read anew' }).click();
    await scrolled.press('Home');
    await page.getByRole('link', { name: 'run new' }).waitFor();
    expect(await visitor.violations()).toEqual([]);
  });

  it('compares runs without reading all of their metrics', async () => {
    const { page } = visitor;
    await page.goto('about:blank'); // the table of runs would read on, and be counted below
    const series = Array.from({ length: METRICS }, (_, at) => ({ key: `m/${at}`, steps: [0], values: [at] }));
    for (const run of ['r1', 'r2']) await post('metrics', { run, writer: 'w', sequence: 0, series });
    const bodies: number[] = [];
    page.on('response', (response) => {
      if (response.url().endsWith('/api/v1/search')) void response.body().then((body) => bodies.push(body.length));
    });
    await page.waitForTimeout(1_500);
    await page.goto(`${server.url}/compare?runs=${encodeURIComponent('["r1","r2"]')}`);
    await page.getByText('The 500 metrics that most of these runs have.').waitFor();
    await page.getByRole('tab', { name: 'Differences' }).click();
    await page.getByLabel('Only differences').uncheck();
    await page.getByRole('rowheader', { name: 'm/0' }).waitFor();
    expect(await page.getByRole('rowheader', { name: /^m[/]/ }).count()).toBe(100);
    expect(Math.max(...bodies)).toBeLessThan(60_000);
    expect(visitor.complaints).toEqual([]);
  });
});
