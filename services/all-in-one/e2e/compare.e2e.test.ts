import { readFileSync } from 'node:fs';
import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { openVisitor, type Visitor } from './browser';
import { postTo } from './post-to';

const RUNS = 24;
const OPTS = ['adam', 'sgd', '<img src=x onerror="document.title=1">'];
const HOSTILE = '{a|b}<script>document.title=2</script>';

describe('the comparison of runs', () => {
  let folder: TemporaryFolder;
  let server: AllInOne;
  let visitor: Visitor;

  beforeAll(async () => {
    folder = temporaryFolder('compare');
    server = await startAllInOne(`${folder.path}/data`);
    visitor = await openVisitor(`${folder.path}/profile`);
    const post = postTo(server);
    await post('commands/create-experiment', { name: 'sweep', experiment: 'sweep' });
    for (let at = 0; at < RUNS; at++) {
      const run = `r${at}`;
      const subject = `run/${run}`;
      const params = [
        { key: 'lr', value: 10 ** -(at % 4) },
        { key: 'opt', value: OPTS[at % 3] ?? '' },
        { key: HOSTILE, value: at },
      ];
      const code = { commit: at === 0 ? 'a'.repeat(40) : 'b'.repeat(40), repository: 'https://example.org/r.git' };
      await post('events', {
        events: [
          { type: 'run.started', subject, data: { experiment: 'sweep', name: at === 0 ? HOSTILE : `run ${at}` } },
          { type: 'params.logged', subject, data: { params } },
          { type: 'code.recorded', subject, data: code },
        ],
      });
      const steps = Array.from({ length: 50 }, (_, step) => step);
      const values = steps.map((step) => (at % 4) + 1 / (step + 1));
      await post('metrics', { run, writer: 'w', sequence: 0, series: [{ key: 'val/loss', steps, values }] });
    }
    const runs = Array.from({ length: RUNS }, (_, at) => `r${at}`);
    const link = `/compare?runs=${encodeURIComponent(JSON.stringify(runs))}`;
    await visitor.page.goto(`${server.url}/#key=${encodeURIComponent(server.key)}`);
    await visitor.page.goto(server.url + link);
    await visitor.page.getByRole('heading', { name: `Compare ${RUNS} runs` }).waitFor();
  });
  afterAll(async () => {
    await visitor.close();
    await server.process.stop();
    folder.remove();
  });

  const open = (tab: string): Promise<void> => visitor.page.getByRole('tab', { name: tab, exact: true }).click();

  /** The canvas has something on it: not all of its pixels are alike. */
  async function isDrawn(): Promise<boolean> {
    return visitor.page.evaluate<boolean>(`(() => {
      const canvas = document.querySelector('figure canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size > 5;
    })()`);
  }

  it.each([
    ['Scatter', /and val[/]loss of 24 runs/],
    ['Parallel coordinates', /val[/]loss of 24 runs/],
    ['Contour', /of 24 runs/],
    ['Box plots', /and val[/]loss of 24 runs/],
  ])('draws %s, under the strict policy, with what strangers logged as text', async (tab, name) => {
    const { page } = visitor;
    await open(tab);
    await page.getByRole('img', { name }).waitFor();
    for (let tried = 0; tried < 20 && !(await isDrawn()); tried++) await page.waitForTimeout(100);
    expect(await isDrawn()).toBe(true);
    expect(await visitor.violations()).toEqual([]);
    expect(await page.title()).toContain('Compare');
  });

  it('keeps what was chosen in the address', async () => {
    const { page } = visitor;
    await open('Scatter');
    await page.getByRole('combobox', { name: 'Up' }).click();
    await page.getByRole('combobox', { name: 'Up' }).fill('min val');
    await page.getByRole('option', { name: 'min val/loss' }).click();
    await page.getByRole('img', { name: /min val[/]loss of 24 runs/ }).waitFor();
    expect(new URL(page.url()).searchParams.get('y')).toBe('metrics-min.val/loss');
    await page.reload();
    await page.getByRole('img', { name: /min val[/]loss of 24 runs/ }).waitFor();
  });

  it('brushes an axis, and compares what is within', async () => {
    const { page } = visitor;
    await open('Parallel coordinates');
    const plot = page.getByRole('img', { name: /val[/]loss of 24 runs/ });
    const box = await plot.boundingBox();
    if (box === null) throw new Error('there is no plot');
    // The last axis, from its middle to its end.
    const x = box.x + box.width - 72;
    await page.mouse.move(x, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(x, box.y + box.height * 0.75, { steps: 5 });
    await page.mouse.move(x, box.y + box.height - 26, { steps: 5 });
    await page.mouse.up();
    const within = page.getByText(/^\d+ runs within the brushes$/);
    await within.waitFor();
    const count = Number.parseInt(await within.innerText(), 10);
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(RUNS);
    await page.getByRole('link', { name: 'Compare only these' }).click();
    await page.getByRole('heading', { name: `Compare ${count} runs` }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: `Compare ${RUNS} runs` }).waitFor();
  });

  it('keeps the runs within a range by keyboard too', async () => {
    const { page } = visitor;
    await open('Parallel coordinates');
    await page.getByRole('combobox', { name: 'Within a range of' }).click();
    await page.getByRole('option', { name: /val[/]loss$/ }).click();
    await page.getByLabel('From', { exact: true }).fill('2');
    await page.getByText('12 runs within the brushes').waitFor(); // ends at 0.02, 1.02, 2.02 and 3.02, six times each
    await page.getByLabel('To', { exact: true }).fill('2.5');
    await page.getByText('6 runs within the brushes').waitFor();
    expect(await visitor.violations()).toEqual([]);
  });

  it('shows the same file of several runs side by side, step by step', async () => {
    const { page } = visitor;
    for (const run of ['r0', 'r1'])
      for (const step of [2, 10]) {
        const text = `${run === 'r0' || step === 2 ? 'alike' : 'other'} at ${step}`;
        const headers = { authorization: `Bearer ${server.key}`, 'content-type': 'text/plain' };
        const path = `${server.url}/api/v1/runs/${run}/artifacts/samples/step-${step}.txt`;
        expect((await fetch(path, { method: 'PUT', headers, body: text })).status).toBe(201);
      }
    await page.goto(`${server.url}/compare?runs=${encodeURIComponent('["r0","r1","r2"]')}&tab=artifacts`);
    const second = page.getByRole('region', { name: 'run 1', exact: true });
    await second.getByText('alike at 2').waitFor();
    await second.getByText('the same as of the first').waitFor();
    await page.getByRole('region', { name: 'run 2', exact: true }).getByText('has no such file').waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await second.getByText('other at 10').waitFor();
    expect(await second.getByText('the same as of the first').count()).toBe(0);
    expect(await visitor.violations()).toEqual([]);
    await page.goBack();
    await page.getByRole('heading', { name: `Compare ${RUNS} runs` }).waitFor();
  });

  it('names the methods by which params matter', async () => {
    const { page } = visitor;
    await open('Importance');
    const table = page.getByRole('table', { name: /Which params matter to val[/]loss/ });
    const lr = table.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'lr', exact: true }) });
    await lr.getByText('-1.00').waitFor();
    await page.getByText(/Importance: .*forest.*Rank correlation: Spearman/s).waitFor();
    expect(await visitor.violations()).toEqual([]);
  });

  it('shows what differs from a baseline, in values and in code', async () => {
    const { page } = visitor;
    await open('Differences');
    const differences = page.getByRole('table', { name: 'Differences' });
    await differences.getByRole('row').filter({ hasText: 'run 3' }).getByText('+3', { exact: true }).first().waitFor();
    await page.getByLabel('Baseline: run 3').check();
    await differences.getByRole('row').filter({ hasText: 'run 2' }).getByText('−1', { exact: true }).first().waitFor();
    expect(new URL(page.url()).searchParams.get('baseline')).toBe('r3');
    expect(await visitor.violations()).toEqual([]);
    await open('Code and environment');
    const code = page.getByRole('region', { name: 'Code, scrollable' });
    await code.getByRole('rowheader', { name: 'commit' }).waitFor();
    expect(await code.getByText('b'.repeat(40)).count()).toBe(RUNS - 1);
    expect(await visitor.violations()).toEqual([]);
  });

  it('draws groups as their mean with a band, and saves the chart', async () => {
    const { page } = visitor;
    await open('Charts');
    const choice = page.getByRole('combobox', { name: 'Mean of runs by' });
    await choice.click();
    await choice.fill('opt');
    await page.getByRole('option', { name: 'opt', exact: true }).click();
    await page.getByRole('img', { name: /^val[/]loss[.] (?=.*adam: last )(?=.*sgd: last )/ }).waitFor();
    await page.getByRole('button', { name: 'Download: val/loss' }).click();
    expect(await visitor.violations()).toEqual([]);
    const saved = async (kind: string): Promise<Buffer> => {
      const item = page.getByRole('button', { name: kind, exact: true });
      if (!(await item.isVisible())) await page.getByRole('button', { name: 'Download: val/loss' }).click();
      const [download] = await Promise.all([page.waitForEvent('download'), item.click()]);
      expect(download.suggestedFilename()).toBe(`val_loss.${kind.toLowerCase()}`);
      return readFileSync(await download.path());
    };
    const csv = (await saved('CSV')).toString();
    const [head, first] = csv.split('\n');
    expect(head).toMatch(/^step,/);
    expect(head).toContain('adam,adam (low),adam (high)');
    expect(first).toMatch(/^0,/);
    expect(csv.trim().split('\n')).toHaveLength(51);
    const svg = (await saved('SVG')).toString();
    expect(svg).toContain('<svg');
    expect(svg).not.toContain('<img');
    expect((await saved('PNG')).subarray(1, 4).toString()).toBe('PNG');
    expect(visitor.complaints).toEqual([]);
  });

  it('draws by other axes, smoothed and on logarithms, over the whole screen, and does not forget it', async () => {
    const { page } = visitor;
    const runs = new URL(page.url()).searchParams.get('runs') ?? '';
    await page.goto(`${server.url}/compare?runs=${encodeURIComponent(runs)}`);
    const chart = page.getByRole('region', { name: 'val/loss', exact: true });
    const asked = async (act: () => Promise<unknown>): Promise<unknown> => {
      const [request] = await Promise.all([
        page.waitForRequest(
          (one) => one.url().endsWith('/api/v1/curves') && one.postData()?.includes('val/loss') === true,
        ),
        act(),
      ]);
      return JSON.parse(request.postData() ?? '');
    };
    await chart.getByRole('img', { name: /^val[/]loss[.] / }).waitFor();
    const axis = page.getByRole('radiogroup', { name: 'Axis' });
    expect(await asked(() => axis.getByText('Duration').click())).toMatchObject({ x: 'relative-time' });
    expect(await asked(() => axis.getByText('Time', { exact: true }).click())).toMatchObject({ x: 'time' });
    expect(await asked(() => axis.getByText('Metric').click())).toMatchObject({ x: { metric: expect.any(String) } });
    await axis.getByText('Step').click();
    const slider = page.getByRole('slider', { name: 'Smoothing' });
    const smoothed = await asked(() => slider.press('ArrowRight'));
    expect(smoothed).toMatchObject({ x: 'step', smoothing: { method: 'ema', weight: expect.any(Number) } });
    await page.getByLabel('Log x').check();
    await page.getByLabel('Log y').check();
    await chart.getByRole('img', { name: /^val[/]loss[.] / }).waitFor();
    await chart.getByRole('button', { name: 'Full screen: val/loss' }).click();
    await chart.getByText('last', { exact: true }).waitFor();
    expect(await page.evaluate<string>("document.fullscreenElement?.getAttribute('aria-label') ?? ''")).toBe(
      'val/loss',
    );
    await page.keyboard.press('Escape');
    await page.evaluate('document.fullscreenElement && document.exitFullscreen()');
    await page.reload();
    await page.getByLabel('Log x').waitFor();
    expect(await page.getByLabel('Log x').isChecked()).toBe(true);
    expect(await page.getByLabel('Log y').isChecked()).toBe(true);
    expect(await visitor.violations()).toEqual([]);
    expect(visitor.complaints).toEqual([]);
  });
});
