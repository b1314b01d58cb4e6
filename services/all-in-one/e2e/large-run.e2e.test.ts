import { readFileSync } from 'node:fs';
import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { openVisitor, type Visitor } from './browser';
import { postTo } from './post-to';

const POINTS = 1_000_000;
const PER_BATCH = 100_000;
const SPIKE = { step: 777_777, value: 1_000 };
const METRICS = 10_000;
/** Where the plot begins and ends within its box: behind the axis, and before the margin. */
const [LEFT, RIGHT] = [56, 12];

describe('runs that are large, in a real browser', () => {
  let folder: TemporaryFolder;
  let server: AllInOne;
  let visitor: Visitor;

  beforeAll(async () => {
    folder = temporaryFolder('large-run');
    server = await startAllInOne(`${folder.path}/data`);
    visitor = await openVisitor(`${folder.path}/profile`);
    const post = postTo(server);
    await post('commands/create-experiment', { name: 'large', experiment: 'large' });
    const start = (run: string) => ({
      type: 'run.started',
      subject: `run/${run}`,
      data: { experiment: 'large', name: run },
    });
    await post('events', { events: [start('long'), start('wide')] });
    let stored = '';
    for (let from = 0; from < POINTS; from += PER_BATCH) {
      const steps = Array.from({ length: PER_BATCH }, (_, at) => from + at);
      const values = steps.map((step) => (step === SPIKE.step ? SPIKE.value : step % 7));
      const series = [{ key: 'loss', steps, values }];
      stored = (await post('metrics', { run: 'long', writer: 'w', sequence: from / PER_BATCH, series })).position;
    }
    const series = Array.from({ length: METRICS }, (_, at) => ({
      key: `layer${at % 50}/w${at}`,
      steps: [0],
      values: [at],
    }));
    await post('metrics', { run: 'wide', writer: 'w', sequence: 0, series });
    // A chart that grows meanwhile would move under the mouse.
    await post(`search?at-least=${stored}`, { limit: 1 });
    await visitor.page.goto(`${server.url}/#key=${encodeURIComponent(server.key)}`);
    await visitor.page.getByRole('link', { name: 'large' }).waitFor();
  });
  afterAll(async () => {
    await visitor.close();
    await server.process.stop();
    folder.remove();
  });

  /** The rows of the chart as it stands: place, line, low, high. */
  async function shown(): Promise<number[][]> {
    const { page } = visitor;
    const csv = page.getByRole('button', { name: 'CSV', exact: true });
    if (!(await csv.isVisible())) await page.getByRole('button', { name: 'Download: loss' }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), csv.click()]);
    await page.keyboard.press('Escape');
    const [, ...rows] = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\n');
    return rows.map((row) => row.split(',').map(Number));
  }

  it('shows a spike among a million points, and comes down to the point itself', async () => {
    const { page } = visitor;
    await page.goto(`${server.url}/runs/long`);
    const chart = page.getByRole('img', { name: /^loss[.] / });
    await chart.waitFor();
    for (let looked = 0; looked < 8; looked++) {
      const rows = await shown();
      const spike = rows.find(([, line, , high]) => line === SPIKE.value || high === SPIKE.value);
      expect(spike).toBeDefined();
      const [place = 0, line] = spike ?? [];
      if (line === SPIKE.value) {
        expect(place).toBe(SPIKE.step);
        expect(looked).toBeGreaterThan(0);
        return;
      }
      const [first = 0, last = 0] = [rows[0]?.[0], rows.at(-1)?.[0]];
      const box = await chart.boundingBox();
      if (box === null) throw new Error('the chart has no place');
      const width = box.width - LEFT - RIGHT;
      const at = box.x + LEFT + (width * (place - first)) / (last - first);
      const answered = page.waitForResponse((response) => response.url().endsWith('/api/v1/curves'));
      await page.mouse.move(Math.max(box.x + LEFT + 1, at - 12), box.y + 60);
      await page.mouse.down();
      await page.mouse.move(Math.min(box.x + LEFT + width - 1, at + 12), box.y + 90, { steps: 4 });
      await page.mouse.up();
      await answered;
      await page.getByRole('button', { name: 'Show all again' }).waitFor();
      await page.waitForTimeout(300);
    }
    throw new Error('the spike was not reached');
  });

  it('finds one of 10,000 metrics by name, and draws no card for the others', async () => {
    const { page } = visitor;
    await page.goto(`${server.url}/runs/wide`);
    await page.getByRole('heading', { name: 'layer0', exact: true }).waitFor();
    expect(await page.locator('figure').count()).toBeLessThan(150);
    await page.getByLabel('Search metrics').fill('w9876');
    await page.getByRole('img', { name: /^layer26[/]w9876[.] .*last 9,876/ }).waitFor();
    expect(await page.locator('section h3').count()).toBe(1);
    expect(await visitor.violations()).toEqual([]);
    expect(visitor.complaints).toEqual([]);
  });
});
