import { createHash, randomBytes } from 'node:crypto';
import { temporaryFolder } from '@runledger/testkit';
import { fillRuns, METRICS } from './fill-runs';
import { measureNames } from './names';
import { type Server, startServer } from './server';

const ASKED = 60;
/** Of the past, which takes a second each. */
const ASKED_THEN = 20;
const EXPERIMENTS = 20;
const LIMIT = 100;

type Question = Readonly<Record<string, unknown>>;
/** Each is asked with other values every time. */
const QUESTIONS: Readonly<Record<string, (i: number) => Question>> = {
  'metric, param and tag, ordered by a metric': (i) => ({
    filter: `metrics.m${i % METRICS} > 0.5 AND params.p0 = 'v${i % 10}' AND tags.team = 't${i % 8}'`,
    orderBy: [`metrics.m${(i + 7) % METRICS} DESC`],
    columns: { params: ['p0', 'p1'], metrics: ['m0', 'm1'] },
  }),
  'the same in one experiment': (i) => ({
    filter: `metrics.m${i % METRICS} > 0.5 AND params.p0 = 'v${i % 10}' AND tags.team = 't${i % 8}'`,
    orderBy: [`metrics.m${(i + 7) % METRICS} DESC`],
    experiments: [`e${i % EXPERIMENTS}`],
  }),
  'half of all runs, ordered by a metric': (i) => ({
    filter: `metrics.m${i % METRICS} > 0.5 AND params.p1 != 'v${i % 100}' AND tags.team != 't${i % 8}'`,
    orderBy: [`metrics.m${(i + 7) % METRICS}`],
  }),
  'OR and NOT, ordered by a metric and a param': (i) => ({
    filter: `(params.p0 = 'v${i % 10}' OR metrics.m2.min < 0.01) AND NOT tags.team = 't${i % 8}'`,
    orderBy: [`metrics.m${i % METRICS}`, 'params.p1'],
  }),
  'a part of the name': (i) => ({ filter: `tags.\`mlflow.runName\` ILIKE '%RUN ${i}7%'` }),
  'first page without a filter': () => ({}),
};

const at = (sorted: readonly number[], share: number): number =>
  Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10) / 10;

/** When half of the runs had been recorded; see fill-runs. */
const halfway = (runs: number): string => new Date((1_790_000_000 + runs / 2) * 1_000).toISOString();

async function ask({ url, key }: Server, question: Question, asOf?: string): Promise<number> {
  const begun = performance.now();
  const moment = asOf === undefined ? '' : `?as_of=${asOf}`;
  const answer = await fetch(`${url}/api/v1/search${moment}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ limit: LIMIT, ...question }),
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${answer.status} ${text}`);
  return performance.now() - begun;
}

async function measure(
  server: Server,
  questionOf: (i: number) => Question,
  asOf?: string,
): Promise<{ p50Ms: number; p95Ms: number }> {
  for (let i = 0; i < 5; i++) await ask(server, questionOf(i), asOf);
  const times: number[] = [];
  for (let i = 0; i < (asOf === undefined ? ASKED : ASKED_THEN); i++)
    times.push(await ask(server, questionOf(i), asOf));
  times.sort((a, b) => a - b);
  return { p50Ms: at(times, 0.5), p95Ms: at(times, 0.95) };
}

/** Fixed work of this machine at this hour, beside which absolute times can be judged. */
export function calibrate(): { hash64MiBMs: number; sortMillionMs: number } {
  const bytes = randomBytes(64 * 2 ** 20);
  const numbers = Float64Array.from({ length: 1_000_000 }, Math.random);
  const begun = performance.now();
  createHash('sha256').update(bytes).digest();
  const hashed = performance.now();
  numbers.sort();
  return { hash64MiBMs: Math.round(hashed - begun), sortMillionMs: Math.round(performance.now() - hashed) };
}

/** Search over `runs` runs of 30 params, 3 tags and 50 metrics each, through the HTTP interface of an all-in-one. */
export async function measureSearch(runs: number, say: (text: string) => void): Promise<Record<string, unknown>> {
  const folder = temporaryFolder('bench');
  try {
    say(`${runs} runs, as rows of the projections …`);
    const begun = performance.now();
    await fillRuns(folder.path, { runs, experiments: EXPERIMENTS }, say);
    const filledS = Math.round((performance.now() - begun) / 1000);
    const server = await startServer(folder.path);
    try {
      const found: Record<string, unknown> = {};
      const before = calibrate();
      for (const [name, questionOf] of Object.entries(QUESTIONS)) {
        const measured = await measure(server, questionOf);
        say(`  ${name}: p50 ${measured.p50Ms} ms, p95 ${measured.p95Ms} ms`);
        const then = await measure(server, questionOf, halfway(runs));
        say(`    as of halfway: p50 ${then.p50Ms} ms, p95 ${then.p95Ms} ms`);
        found[name] = { ...measured, asOf: then };
      }
      const names = await measureNames(server);
      return { runs, filledS, calibration: [before, calibrate()], search: found, names };
    } finally {
      await server.stop();
    }
  } finally {
    folder.remove();
  }
}
