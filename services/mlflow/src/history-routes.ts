import type { Principal } from '@runledger/access';
import { int64 as anyInt64 } from '@runledger/contracts';
import { JsonText } from '@runledger/http';
import { Fault } from '@runledger/kernel';
import type { Steps } from '@runledger/reads';
import { z } from 'zod';
import { chooseSteps } from './choose-steps';
import type { MlflowRoom } from './mlflow-room';
import { defineRoute, type MlflowRoute } from './mlflow-route';
import { pointsJson } from './points-json';
import { int64, repeated, required, runIdOf, runRef, whole } from './request-fields';
import { metricAnswer } from './run-answer';
import { noRun } from './run-gate';

const PAGE = 10_000;
const MOST_A_PAGE = 25_000;
const MOST_BULK_RUNS = 100;
const MOST_BULK_POINTS = 25_000;
const DEFAULT_INTERVAL_POINTS = 320;
const MOST_INTERVAL_POINTS = 2_500;

type Place = readonly [step: string, time: string, ver: string];
const place = z.tuple([z.string(), z.string(), z.string()]);
const runPoint = metricAnswer.extend({ run_id: z.string(), step: anyInt64 });

type Asked = Readonly<{ workspace: string; run: string; key: string }>;

/** The first `most` points of a metric, or all of them, as items of a JSON array. */
async function readPoints(room: MlflowRoom, { workspace, run, key }: Asked, most: number, as?: string) {
  const texts: string[] = [];
  let count = 0;
  let after: Place | null = null;
  do {
    const limit = Math.min(PAGE, most - count);
    const page: Awaited<ReturnType<MlflowRoom['histories']['page']>> = await room.histories.page(workspace, run, {
      key,
      after,
      limit,
    });
    if (page.points.values.length > 0) texts.push(pointsJson(page.points, key, as));
    count += page.points.values.length;
    after = page.next;
  } while (after !== null && count < most);
  return { texts, count };
}

const arrayOf = (texts: readonly string[]): JsonText => new JsonText(`[${texts.join(',')}]`);

/** @throws Fault missing MLFLOW_NO_RUN */
async function checkRunsExist(room: MlflowRoom, who: Principal, runs: readonly string[]): Promise<void> {
  const found = await room.searches.load(who, runs, {});
  const known = new Set(found.map(({ run }) => run));
  const absent = runs.find((run) => !known.has(run));
  if (absent !== undefined) throw noRun(absent);
}

const settleAll = (room: MlflowRoom, workspace: string, runs: readonly string[]): Promise<unknown> =>
  Promise.all(runs.map((run) => room.settle({ workspace, run, uses: ['runs', 'series'] })));

/** @throws Fault missing MLFLOW_NO_RUN */
async function settleRuns(room: MlflowRoom, who: Principal, runs: readonly string[]): Promise<void> {
  await settleAll(room, who.workspace, runs);
  await checkRunsExist(room, who, runs);
}

const history = z.object({
  ...runRef,
  metric_key: z.string().optional(),
  max_results: whole(1, MOST_A_PAGE).optional(),
  page_token: z.string().optional(),
});

async function getHistory(room: MlflowRoom, who: Principal, given: z.output<typeof history>): Promise<object> {
  const { workspace } = who;
  const asked = { workspace, run: runIdOf(given), key: required('metric_key', given.metric_key) };
  const list = ['mlflow-history', workspace, asked.run, asked.key];
  const after = room.pages.open(list, given.page_token || undefined, place);
  await settleRuns(room, who, [asked.run]);
  if (given.max_results === undefined && after === undefined) {
    const whole = await readPoints(room, asked, Number.POSITIVE_INFINITY);
    return { metrics: arrayOf(whole.texts) };
  }
  const limit = given.max_results ?? MOST_A_PAGE;
  const page = await room.histories.page(workspace, asked.run, { key: asked.key, after: after ?? null, limit });
  return {
    metrics: arrayOf([pointsJson(page.points, asked.key)]),
    next_page_token: page.next === null ? undefined : room.pages.seal(list, page.next),
  };
}

const bulk = z.object({
  run_id: repeated(z.string()).optional(),
  metric_key: z.string().optional(),
  max_results: whole(1, 2 ** 31).default(MOST_BULK_POINTS),
});

/** @throws Fault invalid MLFLOW_BAD_RUNS */
function checkRuns(runs: readonly string[]): readonly string[] {
  if (runs.length > 0 && runs.length <= MOST_BULK_RUNS) return [...new Set(runs)];
  throw new Fault(
    'invalid',
    'MLFLOW_BAD_RUNS',
    `a request must name 1 to ${MOST_BULK_RUNS} run_ids; this one names ${runs.length}`,
  );
}

async function getBulk(room: MlflowRoom, who: Principal, given: z.output<typeof bulk>): Promise<object> {
  const { workspace } = who;
  const runs = [...checkRuns(given.run_id ?? [])].sort();
  const key = required('metric_key', given.metric_key);
  const most = Math.min(given.max_results, MOST_BULK_POINTS);
  await settleRuns(room, who, runs);
  const texts: string[] = [];
  let count = 0;
  for (const run of runs) {
    if (count >= most) break;
    const points = await readPoints(room, { workspace, run, key }, most - count, run);
    texts.push(...points.texts);
    count += points.count;
  }
  return { metrics: arrayOf(texts) };
}

const interval = z.object({
  run_ids: repeated(z.string()).optional(),
  metric_key: z.string().optional(),
  start_step: int64.optional(),
  end_step: int64.optional(),
  max_results: whole(1, MOST_INTERVAL_POINTS).default(DEFAULT_INTERVAL_POINTS),
});

const EVERY_STEP = { from: -(2n ** 63n), to: 2n ** 63n - 1n };

/** Both steps or none. @throws Fault invalid MLFLOW_BAD_STEPS */
function stepsOf({ start_step: from, end_step: to }: z.output<typeof interval>): { from: bigint; to: bigint } {
  if (from === undefined && to === undefined) return EVERY_STEP;
  if (from === undefined || to === undefined)
    throw new Fault(
      'invalid',
      'MLFLOW_BAD_STEPS',
      'If either start step or end step are specified, both must be specified.',
    );
  if (from > to)
    throw new Fault(
      'invalid',
      'MLFLOW_BAD_STEPS',
      `end_step must be greater than start_step. Found start_step=${from} and end_step=${to}.`,
    );
  return { from, to };
}

async function getInterval(room: MlflowRoom, who: Principal, given: z.output<typeof interval>): Promise<object> {
  const { workspace } = who;
  const runs = checkRuns(given.run_ids ?? []);
  const key = required('metric_key', given.metric_key);
  const bounds = stepsOf(given);
  await settleAll(room, workspace, runs);
  const choose = (steps: Steps, ends: readonly bigint[]) => chooseSteps(steps, ends, given.max_results);
  const [found] = await Promise.all([
    room.histories.sampled(workspace, runs, { ...bounds, key, choose }),
    checkRunsExist(room, who, runs),
  ]);
  return {
    metrics: found.flatMap(({ run, points }) =>
      points.map(({ step, time, value }) => ({ key, value, timestamp: time, step, run_id: run })),
    ),
  };
}

const read = { permission: 'runs:read', level: 'project' } as const;

export const HISTORY_ROUTES: readonly MlflowRoute[] = [
  defineRoute('GET 2.0/mlflow/metrics/get-history', {
    ...read,
    summary: 'All values of a metric of a run, or a page of them',
    request: history,
    answer: z.object({ metrics: z.array(metricAnswer), next_page_token: z.string().optional() }),
    run: getHistory,
  }),
  defineRoute('GET 2.0/mlflow/metrics/get-history-bulk', {
    ...read,
    summary: 'Values of a metric of many runs',
    request: bulk,
    answer: z.object({ metrics: z.array(runPoint) }),
    run: getBulk,
  }),
  defineRoute('GET 2.0/mlflow/metrics/get-history-bulk-interval', {
    ...read,
    summary: 'Values of a metric of many runs at chosen steps, first and last of each among them',
    request: interval,
    answer: z.object({ metrics: z.array(runPoint) }),
    run: getInterval,
  }),
];
