import { randomNumbers } from './curves';
import type { DoorName, MlflowClient } from './mlflow-doors';

export type Filled = Readonly<{ client: MlflowClient; series: string }>;
/** Asks once, and answers what was found, to be held against what another server found. */
type Question = Readonly<{ times: number; ask: (filled: Filled, i: number) => Promise<unknown> }>;
export type Asked = Readonly<{ p50Ms: number; p95Ms: number; found: readonly unknown[] }>;
export type FillSize = Readonly<{ runs: number; points: number }>;

export const FULL: FillSize = { runs: 2_000, points: 200_000 };
const NAMES = 20;
const BATCH = 1_000;
const KEY = 'loss';

const named = (prefix: string, valueOf: (i: number) => unknown) =>
  Array.from({ length: NAMES }, (_, i) => ({ key: `${prefix}${i}`, value: valueOf(i) }));

/** 2,000 runs with 20 params and 20 metrics each, and one series of 200,000 points: the same for every server. */
export async function fill(client: MlflowClient, size: FillSize): Promise<Filled> {
  const random = randomNumbers(11);
  const runs = Array.from({ length: size.runs }, (_, i) => ({
    create: {
      run_name: `run ${i}`,
      start_time: 1_790_000_000_000 + i,
      tags: [{ key: 'team', value: `t${i % 8}` }],
    },
    data: {
      params: named('p', (p) => `v${Math.floor(random() * 10 * (p + 1))}`),
      metrics: named('m', () => random()).map((metric) => ({ ...metric, timestamp: 1_790_000_000_000 + i, step: 0 })),
    },
  }));
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let run = runs[next++]; run !== undefined; run = runs[next++])
      await client.insist('POST', 'runs/log-batch', { run_id: await client.createRun(run.create), ...run.data });
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  const series = await client.createRun({ run_name: 'series', start_time: 1 });
  for (let at = 0; at < size.points; at += BATCH) {
    const metrics = Array.from({ length: BATCH }, (_, n) => {
      const step = at + n;
      return { key: KEY, value: Math.fround(random()), timestamp: 1_790_000_000_000 + step, step };
    });
    await client.insist('POST', 'runs/log-batch', { run_id: series, metrics });
  }
  return { client, series };
}

async function search({ client }: Filled, question: object): Promise<unknown> {
  const answer = await client.insist('POST', 'runs/search', { experiment_ids: ['0'], max_results: 100, ...question });
  const { runs = [] } = answer as { runs?: Array<{ info: { run_name: string } }> };
  return runs.map(({ info }) => info.run_name);
}

type Points = Array<{ step: number; value: number }>;
const sumOf = (points: Points): object => ({
  points: points.length,
  sum: points.reduce((sum, { step, value }) => sum + step * value, 0),
});

/** Servers that know no pages answer everything at once. */
async function history({ client, series }: Filled): Promise<unknown> {
  const points: Points = [];
  let token = '';
  do {
    const query = new URLSearchParams({ run_id: series, metric_key: KEY, max_results: '25000' });
    if (token !== '') query.set('page_token', token);
    const page = await client.insist('GET', `metrics/get-history?${query.toString()}`);
    const { metrics = [], next_page_token: next = '' } = page as { metrics?: Points; next_page_token?: string };
    for (const point of metrics) points.push(point);
    token = next;
  } while (token !== '');
  return sumOf(points);
}

async function sampled({ client, series }: Filled): Promise<unknown> {
  const query = new URLSearchParams({ run_ids: series, metric_key: KEY, max_results: '320' });
  const answer = await client.insist(
    'GET',
    `/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?${query.toString()}`,
  );
  const { metrics = [] } = answer as { metrics?: Points };
  return [metrics.at(0)?.step, metrics.at(-1)?.step];
}

export const QUESTIONS: Readonly<Record<string, Question>> = {
  'search by a metric and a param': {
    times: 15,
    ask: (filled, i) => search(filled, { filter: `metrics.m${i} > 0.5 and params.p0 = 'v${i % 10}'` }),
  },
  'search by a tag and two metrics, ordered by a metric': {
    times: 15,
    ask: (filled, i) =>
      search(filled, {
        filter: `tags.team = 't${i % 8}' and metrics.m${i} > 0.2 and metrics.m${i + 1} < 0.8`,
        order_by: [`metrics.m${i + 2} DESC`],
      }),
  },
  'whole history in pages': { times: 3, ask: history },
  'sampled history': { times: 7, ask: sampled },
};

/** FastTrackML knows no sampled history. */
export const knows = (door: DoorName, question: string): boolean =>
  door !== 'fasttrackml' || question !== 'sampled history';

/** Every server is asked all of it once before the clock starts: no program, Python's or Node's, is measured while it loads and compiles. */
export async function askOften(filled: Filled, { times, ask }: Question): Promise<Asked> {
  for (let i = 0; i < times; i++) await ask(filled, i);
  const ms: number[] = [];
  const found: unknown[] = [];
  for (let i = 0; i < times; i++) {
    const begun = performance.now();
    found.push(await ask(filled, i));
    ms.push(performance.now() - begun);
  }
  ms.sort((a, b) => a - b);
  const at = (share: number): number => Math.round((ms[Math.floor((ms.length - 1) * share)] ?? 0) * 10) / 10;
  return { p50Ms: at(0.5), p95Ms: at(0.95), found };
}
