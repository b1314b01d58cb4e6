import { key, text } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import { z } from 'zod';
import { logData } from './log-data';
import { measuredFacts } from './logged-models-measurements';
import { defineRoute, type MlflowRoute } from './mlflow-route';
import { readMetrics } from './read-metrics';
import { runIdOf, runRef } from './request-fields';
import { factRecord } from './run-facts';

const MOST_METRICS = 1_000;
const MOST_PARAMS = 100;
const MOST_TAGS = 100;
const MOST_OF_ALL = 1_000;

const named = z.object({ key, value: text(100_000).default('') });
/** Read by hand (read-metrics.ts); this says how a metric looks. */
const metric = z.looseObject({}).describe('{key, value, timestamp, step}');
const nothing = z.object({});
const write = { permission: 'events:write', level: 'project', answer: nothing } as const;

const tooMany = (what: string, most: number): Fault =>
  new Fault('invalid', 'MLFLOW_TOO_MANY', `A batch logging request can contain at most ${most} ${what}.`);

function checkCounts(batch: { metrics: unknown[]; params: unknown[]; tags: unknown[] }): void {
  const { metrics, params, tags } = batch;
  if (metrics.length > MOST_METRICS) throw tooMany('metrics', MOST_METRICS);
  if (params.length > MOST_PARAMS) throw tooMany('params', MOST_PARAMS);
  if (tags.length > MOST_TAGS) throw tooMany('tags', MOST_TAGS);
  if (metrics.length + params.length + tags.length > MOST_OF_ALL)
    throw tooMany('metrics, params and tags in all', MOST_OF_ALL);
}

/** Metrics are points of the run; those that name a logged model are measurements of it, too. */
function metricsOf(items: readonly unknown[]) {
  const metrics = readMetrics(items);
  return { metrics, measured: measuredFacts(items, metrics) };
}

/** What a run logs as it goes. */
export const LOG_ROUTES: readonly MlflowRoute[] = [
  defineRoute('POST 2.0/mlflow/runs/log-metric', {
    ...write,
    summary: 'Log one value of a metric',
    request: z.looseObject(runRef),
    async run(room, who, asked) {
      await logData(room, who, runIdOf(asked), { ...metricsOf([asked]), params: [], tags: [] });
      return {};
    },
  }),
  defineRoute('POST 2.0/mlflow/runs/log-parameter', {
    ...write,
    summary: 'Log one param',
    request: named.extend(runRef),
    async run(room, who, { key: name, value, ...asked }) {
      await logData(room, who, runIdOf(asked), { metrics: null, params: [{ key: name, value }], tags: [] });
      return {};
    },
  }),
  defineRoute('POST 2.0/mlflow/runs/log-batch', {
    ...write,
    summary: 'Log metrics, params and tags, all of them or none',
    request: z.object({
      ...runRef,
      metrics: z
        .array(z.unknown())
        .default([])
        .describe(metric.description ?? ''),
      params: z.array(named).default([]),
      tags: z.array(named).default([]),
    }),
    async run(room, who, { metrics, params, tags, ...asked }) {
      checkCounts({ metrics, params, tags });
      await logData(room, who, runIdOf(asked), { ...metricsOf(metrics), params, tags });
      return {};
    },
  }),
  defineRoute('POST 2.0/mlflow/runs/set-tag', {
    ...write,
    summary: 'Set a tag of a run',
    request: named.extend(runRef),
    async run(room, who, { key: name, value, ...asked }) {
      await logData(room, who, runIdOf(asked), { metrics: null, params: [], tags: [{ key: name, value }] });
      return {};
    },
  }),
  defineRoute('POST 2.0/mlflow/runs/delete-tag', {
    ...write,
    summary: 'Take a tag of a run away',
    request: z.object({ ...runRef, key }),
    async run(room, who, { key: name, ...asked }) {
      const run = runIdOf(asked);
      await room.gate.active(who, run);
      const [found] = await room.searches.load(who, [run], { tags: [name] });
      if (found?.tags.length !== 1)
        throw new Fault('missing', 'MLFLOW_NO_TAG', `No tag with name: ${name} in run with id ${run}`);
      await room.publish([factRecord(who, run, [{ type: 'tags.deleted', data: { keys: [name] } }])]);
      return {};
    },
  }),
];
