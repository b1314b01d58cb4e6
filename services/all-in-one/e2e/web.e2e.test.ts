import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
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

  it('leads from the table to the curves, which move while the run goes on', async () => {
    const { page } = visitor;
    const { experiment } = (await post('commands/create-experiment', { name: 'live' })).result;
    const steps = Array.from({ length: 3_000 }, (_, step) => step);
    const runs = { a: 0.1, b: 0.2 };
    for (const [run, lr] of Object.entries(runs)) {
      const started = { type: 'run.started', subject: `run/${run}`, data: { experiment, name: `run ${run}` } };
      const params = { type: 'params.logged', subject: `run/${run}`, data: { params: [{ key: 'lr', value: lr }] } };
      const printed = { time: '2026-01-01T00:00:00Z', text: '\u001b[32mepoch 1\u001b[0m of 2' };
      const console = {
        type: 'console.written',
        subject: `run/${run}`,
        data: { stream: 'stdout', firstLine: 0, lines: [printed] },
      };
      await post('events', { events: [started, params, console] });
      const values = steps.map((step) => (step === 1_777 ? 'NaN' : step === 2_000 ? 1_000 : lr));
      await post('metrics', { run, writer: 'w', sequence: 0, series: [{ key: 'train/loss', steps, values }] });
    }
    await page.goto(`${server.url}/experiments/${experiment}`);
    await page.getByRole('columnheader', { name: /^lr/ }).waitFor();
    const filter = page.getByLabel('Filter runs');
    await filter.fill('params.lr >>> 1');
    await filter.press('Enter');
    await page.getByRole('alert').filter({ hasText: '> compares a param with a number' }).waitFor();
    await filter.fill("params.lr = '0.2'");
    await filter.press('Enter');
    await page.getByText('1 run', { exact: true }).waitFor();
    expect(new URL(page.url()).searchParams.get('q')).toBe("params.lr = '0.2'");
    await page.reload();
    await page.getByText('1 run', { exact: true }).waitFor();
    expect(await visitor.violations()).toEqual([]);

    await page.getByRole('link', { name: 'run b' }).click();
    await page.getByRole('img', { name: /^train[/]loss[.] .*last 0[.]2.*1 places with NaN/ }).waitFor();
    const more = [{ key: 'train/loss', steps: [3_000], values: [7] }];
    await post('metrics', { run: 'b', writer: 'w', sequence: 1, series: more });
    await page.getByRole('img', { name: /^train[/]loss[.] .*last [1-7]/ }).waitFor({ timeout: 5_000 });
    expect(await visitor.violations()).toEqual([]);
    for (const tab of ['Overview', 'Params', 'Artifacts', 'History', 'Console']) {
      await page.getByRole('tab', { name: tab }).click();
      await page.getByRole('tabpanel').waitFor();
      expect([tab, await visitor.violations()]).toEqual([tab, []]);
    }
    await page.getByText('epoch 1 of 2').waitFor();
    expect(await page.locator('[data-colour=green]').innerText()).toBe('epoch 1');
    await page.getByRole('tab', { name: 'Overview' }).click();
    const started = page.getByRole('region', { name: 'Run', exact: true }).locator('time').first();
    await page.keyboard.press('z');
    await expect(started.getAttribute('title')).resolves.toMatch(/ UTC$/);
  });

  it('compares picked runs by a link that another profile opens', async () => {
    const { page } = visitor;
    await page.goto(server.url);
    await page.getByRole('link', { name: 'live' }).click();
    await page.getByLabel('Pick run a').check();
    await page.getByLabel('Pick run b').check();
    await page.getByRole('region', { name: 'Picked runs' }).getByRole('link', { name: 'Compare' }).click();
    await page.getByRole('img', { name: /run a.*run b|run b.*run a/ }).waitFor();
    const shared = new URL(page.url());
    const fresh = await openVisitor(`${folder.path}/shared`);
    try {
      await fresh.page.goto(link(shared.pathname + shared.search));
      await fresh.page.getByRole('tab', { name: 'Differences' }).click();
      await fresh.page.getByRole('rowheader', { name: 'lr' }).waitFor();
      expect(await fresh.violations()).toEqual([]);
      expect(fresh.complaints).toEqual([]);
    } finally {
      await fresh.close();
    }
  });

  it('needs at most 300 kB before the first table', async () => {
    const html = await (await fetch(server.url)).text();
    const files = [...html.matchAll(/(?:src|href)="([/]assets[/][^"]+[.](?:js|css))"/g)].map(([, file]) => file);
    expect(files.length).toBeGreaterThan(1);
    let bytes = 0;
    for (const file of files) {
      const answer = await visitor.page.request.get(server.url + file, { headers: { 'accept-encoding': 'gzip' } });
      expect(answer.headers()).toMatchObject({
        'content-encoding': 'gzip',
        'cache-control': 'public, max-age=31536000, immutable',
      });
      bytes += Number(answer.headers()['content-length']);
    }
    process.stdout.write(`first load: ${bytes} bytes of gzipped scripts and styles\n`);
    expect(bytes).toBeLessThan(300_000);
  });

  it('has the styles of every part of Mantine that its scripts name', () => {
    const folder = path.resolve(__dirname, '../../web/dist/assets');
    const textOf = (kind: string): string =>
      readdirSync(folder)
        .filter((file) => file.endsWith(kind))
        .map((file) => readFileSync(path.join(folder, file), 'utf8'))
        .join('\n');
    const classesOf = (text: string): Set<string> => new Set(text.match(/\bm_[0-9a-f]{6,8}\b/g));
    const styled = classesOf(readFileSync(require.resolve('@mantine/core/styles.css'), 'utf8'));
    const shipped = classesOf(textOf('.css'));
    const named = [...classesOf(textOf('.js'))].filter((name) => styled.has(name));
    expect(named.length).toBeGreaterThan(100);
    expect(named.filter((name) => !shipped.has(name))).toEqual([]);
  });

  it('shows hostile names of everything as text, within the page, on every page', async () => {
    const { page } = visitor;
    const long = `${HOSTILE}${'W'.repeat(200)}`;
    const { experiment } = (await post('commands/create-experiment', { name: long })).result;
    const runs = ['h1', 'h2'];
    for (const [at, run] of runs.entries()) {
      const fact = (type: string, data: object) => ({ type, subject: `run/${run}`, data });
      const printed = { time: '2026-01-01T00:00:00Z', text: long };
      await post('events', {
        events: [
          fact('run.started', { experiment, name: `${run} ${long}` }),
          fact('params.logged', { params: [{ key: HOSTILE, value: `${at} ${long}` }] }),
          fact('tags.set', { tags: [{ key: HOSTILE, value: long }] }),
          fact('inputs.used', { inputs: [{ name: long, digest: HOSTILE, context: HOSTILE }] }),
          fact('code.recorded', { commit: HOSTILE, branch: long, repository: 'javascript:alert(1)' }),
          fact('environment.recorded', { host: HOSTILE, command: long }),
          fact('console.written', { stream: 'stderr', firstLine: 0, lines: [printed] }),
        ],
      });
      const series = [{ key: HOSTILE, steps: [0, 1], values: [at, 2] }];
      await post('metrics', { run, writer: 'w', sequence: 0, series });
      await post('commands/write-note', { run, text: `${long} [x](javascript:alert(1))` });
    }
    const compared = `/compare?runs=${encodeURIComponent(JSON.stringify(runs))}`;
    const tabs = ['charts', 'overview', 'params', 'lineage', 'console', 'history'].map((tab) => `/runs/h1?tab=${tab}`);
    const kinds = ['charts', 'differences', 'parallel', 'importance', 'code'].map((tab) => `${compared}&tab=${tab}`);
    const shown: string[] = [];
    for (const address of [`/experiments/${experiment}`, ...tabs, ...kinds, '/operations']) {
      await page.goto(server.url + address);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.locator('[aria-label=Loading]').first().waitFor({ state: 'detached' });
      if (await page.getByText('<img src=x', { exact: false }).first().isVisible()) shown.push(address);
      const found = await page.evaluate<object>(`({
        title: document.title === 'owned',
        made: document.querySelectorAll('img[src="x"], [onerror], a[href^="javascript"]').length,
        beyond: document.documentElement.scrollWidth > innerWidth,
      })`);
      expect([address, found]).toEqual([address, { title: false, made: 0, beyond: false }]);
    }
    expect(shown.length).toBeGreaterThan(8);
    expect(visitor.complaints.filter((one) => !/40[01]/.test(one))).toEqual([]);
  });

  it("follows the links that MLflow's clients print", async () => {
    const { page } = visitor;
    await post('events', {
      events: [{ type: 'run.started', subject: 'run/printed', data: { experiment: '0', name: 'by MLflow' } }],
    });
    await page.goto(`${server.url}/#/experiments/0/runs/printed`);
    await page.waitForURL(`${server.url}/runs/printed`);
    await page.getByRole('heading', { name: 'by MLflow' }).waitFor();
    await page.evaluate("location.hash = '#/experiments/0'");
    await page.waitForURL(`${server.url}/experiments/0`);
  });
});
