import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from '@runledger/testkit';
import type { Page } from 'playwright-core';
import { fillRuns } from './fill-runs';
import { type Browser, openBrowser, until } from './open-browser';
import { calibrate } from './search';
import { type Server, startServer } from './server';

const TIMES = 5;
const CHARTED = { runs: 100, points: 20_000 };
const LIVE_MS = 200;
const MINUTE_MS = 60_000;
/** The first of ten minutes may warm up. */
const WARM_SHARE = 0.2;

export type WebLoad = Readonly<{ runs: number; minutes: number }>;

const medianOf = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const round = (value: number): number => Math.round(value);

async function medians(measure: () => Promise<Record<string, number>>): Promise<Record<string, number>> {
  const found: Array<Record<string, number>> = [];
  for (let at = 0; at < TIMES; at++) found.push(await measure());
  return Object.fromEntries(
    Object.keys(found[0] ?? {}).map((name) => [name, round(medianOf(found.map((one) => one[name] ?? 0)))]),
  );
}

async function post({ url, key }: Server, door: string, body: object): Promise<void> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const answer = await fetch(`${url}/api/v1/${door}`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
}

const started = (run: string) => ({
  type: 'run.started',
  subject: `run/${run}`,
  data: { experiment: 'curves', name: run },
});

async function logCurves(server: Server): Promise<string[]> {
  await post(server, 'commands/create-experiment', { name: 'curves', experiment: 'curves' });
  const runs = Array.from({ length: CHARTED.runs }, (_, at) => `curve${at}`);
  await post(server, 'events', { events: runs.map(started) });
  const steps = Array.from({ length: CHARTED.points }, (_, step) => step);
  for (const [at, run] of runs.entries()) {
    const values = steps.map(
      (step) => at / 10 + Math.exp(-step / 4_000) + ((step * 7_919 * (at + 1)) % 1_000) / 10_000,
    );
    await post(server, 'metrics', { run, writer: 'w', sequence: 0, series: [{ key: 'loss', steps, values }] });
  }
  return runs;
}

/** From a click on an experiment to its first row, for somebody who is there already. */
const openFromList = async (page: Page): Promise<Record<string, number>> => ({
  rowsMs: await page.evaluate<number>(`(async () => {
    const began = performance.now();
    document.querySelector('a[href="/experiments/e0"]').click();
    while (document.querySelector('[role=table][aria-label^="Runs of"] a') === null) await new Promise(requestAnimationFrame);
    return performance.now() - began;
  })()`),
});

/** From the data of a chart to its lines and envelopes on the screen. */
async function measureChart(browser: Browser, runs: readonly string[]): Promise<Record<string, number>> {
  const address = `/compare?runs=${encodeURIComponent(JSON.stringify(runs))}`;
  return browser.visit(address, '.u-wrap canvas', async (page) => {
    await until(page, "performance.getEntriesByName('chart-envelopes')[0]?.startTime");
    return page.evaluate<Record<string, number>>(`(() => {
      const data = performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/api/v1/curves')).at(-1).responseEnd;
      const at = (name) => performance.getEntriesByName(name).at(-1).startTime - data;
      return { linesMs: at('chart-lines'), envelopesMs: at('chart-envelopes') };
    })()`);
  });
}

/** `percentAMinute`: by which the heap grows, behind collections, over the last minutes. */
type Heap = Readonly<{ minutes: number; heapMiB: number[]; percentAMinute: number }>;

async function measureHeap(server: Server, browser: Browser, minutes: number): Promise<Heap> {
  await post(server, 'events', { events: [started('live')] });
  let isOver = false;
  const logging = (async () => {
    for (let step = 0; !isOver; step++) {
      const series = ['loss', 'acc'].map((key) => ({ key, steps: [step], values: [Math.sin(step / 50)] }));
      await post(server, 'metrics', { run: 'live', writer: 'w', sequence: step, series });
      await sleep(LIVE_MS);
    }
  })();
  const heapMiB: number[] = [];
  await browser.visit('/runs/live', 'figure', async (page) => {
    const heapNow = await browser.heapOf(page);
    for (let minute = 0; minute <= minutes; minute++) {
      heapMiB.push((await heapNow()) / 2 ** 20);
      if (minute < minutes) await sleep(MINUTE_MS);
    }
    return {};
  });
  isOver = true;
  await logging;
  const from = Math.ceil(minutes * WARM_SHARE);
  const [first = 0, last = 0] = [heapMiB[from], heapMiB.at(-1)];
  const percentAMinute = minutes > from ? (100 * (last / first - 1)) / (minutes - from) : 0;
  return {
    minutes,
    heapMiB: heapMiB.map((mib) => Math.round(mib * 10) / 10),
    percentAMinute: Math.round(percentAMinute * 100) / 100,
  };
}

const LIVE_TRIES = 21;
const BETWEEN_MS = 330;

/** From the acknowledgement of a point to its value under the curve, while the run is logged to without a pause. */
async function measureLiveCurve(server: Server, browser: Browser): Promise<Record<string, number>> {
  await post(server, 'events', { events: [started('seen')] });
  let [sequence, isOver] = [0, false];
  const log = (key: string, step: number, value: number): Promise<void> =>
    post(server, 'metrics', {
      run: 'seen',
      writer: key,
      sequence: key === 'noise' ? sequence++ : step,
      series: [{ key, steps: [step], values: [value] }],
    });
  await log('seen', 0, 1_000);
  const noise = (async () => {
    for (let step = 0; !isOver; step++) {
      await log('noise', step, 0.5);
      await sleep(LIVE_MS / 4);
    }
  })();
  const took: number[] = [];
  await browser.visit('/runs/seen', 'figure', async (page) => {
    const shows = (value: number): string =>
      `document.querySelector('[aria-label^="seen. "][aria-label*="last ${value.toLocaleString('en-US')}"]') === null ? undefined : 1`;
    await until(page, shows(1_000));
    for (let at = 1; at <= LIVE_TRIES; at++) {
      await sleep(BETWEEN_MS * Math.random());
      await log('seen', at, 1_000 + at);
      const acknowledged = performance.now();
      await until(page, shows(1_000 + at));
      took.push(performance.now() - acknowledged);
    }
    return {};
  });
  isOver = true;
  await noise;
  return { medianMs: round(medianOf(took)), worstMs: round(Math.max(...took)) };
}

/** The pages in a real browser, on an all-in-one with that many runs in one experiment. Medians of five. */
export async function measureWeb(
  { runs, minutes }: WebLoad,
  say: (text: string) => void,
): Promise<Record<string, unknown>> {
  const folder = temporaryFolder('bench');
  try {
    say(`${runs} runs in one experiment, as rows of the projections …`);
    await fillRuns(folder.path, { runs, experiments: 1 }, say);
    const server = await startServer(folder.path);
    const browser = await openBrowser(server);
    try {
      const before = calibrate();
      // The runs are there as rows; the list of experiments shows what was created.
      await post(server, 'commands/create-experiment', { name: 'e0', experiment: 'e0' });
      const curves = await logCurves(server);
      const firstLoad = await medians(() => browser.firstLoad('/', 'table a, [role=table] a, [role=grid] a'));
      say(`  first load: ${firstLoad['gzippedBytes']} bytes, usable after ${firstLoad['usableMs']} ms`);
      const openRuns = await medians(() =>
        browser.visit('/experiments/e0', 'table a, [role=table] a, [role=grid] a', async () => ({})),
      );
      say(`  ${runs} runs opened by their address: ${openRuns['usableMs']} ms`);
      const fromList = await medians(() => browser.visit('/', 'table a, [role=table] a, [role=grid] a', openFromList));
      say(`  ${runs} runs opened from the list of experiments: ${fromList['rowsMs']} ms`);
      const chart = await medians(() => measureChart(browser, curves));
      say(
        `  chart of ${CHARTED.runs} runs: lines ${chart['linesMs']} ms after the data, envelopes ${chart['envelopesMs']} ms`,
      );
      const live = await measureLiveCurve(server, browser);
      say(`  a point of a live run is seen after ${live['medianMs']} ms, at worst ${live['worstMs']} ms`);
      const heap = minutes > 0 ? await measureHeap(server, browser, minutes) : undefined;
      if (heap !== undefined) say(`  heap while a run is watched: ${heap.percentAMinute} % a minute`);
      return { runs, calibration: [before, calibrate()], firstLoad, openRuns, fromList, chart, live, heap };
    } finally {
      await browser.close();
      await server.stop();
    }
  } finally {
    folder.remove();
  }
}
