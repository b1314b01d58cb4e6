import type { Item } from '@runledger/filter';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { keyNumbers, seriesNumbers } from '../src/numbers';
import { mergeRunMetrics } from '../src/run-metric';

const TEXTS = [
  'a',
  'B',
  'ab',
  'É',
  'é',
  'a%b',
  'x\ny',
  'ß',
  'ſ',
  "it's",
  '',
  '0.1',
  '1e-1',
  '-.5e0',
  '1e999',
  '1e-999',
  '1.2.3',
  '10',
  `${'long '.repeat(60)}1`,
  `${'long '.repeat(60)}2`,
];
const NUMBERS = [Number.NaN, Infinity, -Infinity, -0, 0, 0.1, 0.5, 1e300];
export const KEYS = ['a', 'b', 'odd `key`'];
export const texts = fc.constantFrom(...TEXTS);
export const numbers = fc.constantFrom(...NUMBERS.filter((n) => !Number.isNaN(n)));

const maybe = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(of, { nil: null });
const some = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<Map<string, T>> =>
  fc.array(fc.tuple(fc.constantFrom(...KEYS), of), { maxLength: 3 }).map((pairs) => new Map(pairs));
const value = fc.constantFrom(...NUMBERS);
const metric = fc
  .tuple(value, value, fc.constantFrom(...NUMBERS.slice(1)), fc.boolean())
  .map(([latest, last, extreme, isAllNan]) =>
    isAllNan
      ? { latest: Number.NaN, last: Number.NaN, min: Number.NaN, max: Number.NaN }
      : { latest, last, min: Math.min(0, extreme), max: Math.max(0, extreme) },
  );

export type RandomRun = Item &
  Readonly<{ experiment: string; project: string; lifecycle: 'active' | 'deleted'; sortAt: number }>;

/** A run of a small world, where much is equal and much is missing. */
export const randomRun = fc
  .record({
    name: maybe(texts),
    status: fc.constantFrom('running', 'finished', 'unannounced'),
    startedAt: maybe(fc.constantFrom(1_000, 1_500, 2_000)),
    finishedAt: maybe(fc.constantFrom(1_700, 2_000)),
    description: maybe(texts),
    experiment: fc.constantFrom('e1', 'e2', 'e3'),
    project: fc.constantFrom('p1', 'p2'),
    lifecycle: fc.constantFrom('active' as const, 'active' as const, 'deleted' as const),
    params: some(texts),
    tags: fc
      .tuple(some(texts), maybe(texts))
      .map(([tags, user]) => (user === null ? tags : new Map([...tags, ['mlflow.user', user]]))),
    metrics: some(metric),
    datasets: fc.array(fc.record({ name: texts, digest: texts, context: texts }), { maxLength: 2 }),
    links: fc.array(fc.record({ kind: texts, uri: texts, external_id: maybe(texts), version: maybe(texts) }), {
      maxLength: 2,
    }),
  })
  .map((run): Omit<RandomRun, 'attributes'> & { attributes: Record<string, string | number | null> } => ({
    attributes: {
      run_id: null,
      run_name: run.name,
      user_id: run.tags.get('mlflow.user') ?? null,
      status: run.status.toUpperCase(),
      start_time: run.startedAt,
      end_time: run.finishedAt,
      experiment_id: run.experiment,
      project: run.project,
      description: run.description,
    },
    params: run.params,
    tags: run.tags,
    metrics: run.metrics,
    datasets: run.datasets,
    links: run.links,
    experiment: run.experiment,
    project: run.project,
    lifecycle: run.lifecycle,
    sortAt: run.startedAt ?? 3_000,
  }));

const time = (ms: unknown): string | null => (typeof ms === 'number' ? new Date(ms).toISOString() : null);

async function insertMetrics(
  source: DataSource,
  workspace: string,
  runs: ReadonlyArray<readonly [string, RandomRun]>,
): Promise<void> {
  const named = runs.filter(([, { metrics }]) => (metrics?.size ?? 0) > 0);
  if (named.length === 0) return;
  const series = new Map(
    (
      await seriesNumbers(
        source,
        named.map(([run]) => ({ workspace, run })),
      )
    ).map((s) => [s.run, s.number]),
  );
  const keys = new Map(
    (
      await keyNumbers(
        source,
        KEYS.map((key) => ({ workspace, key })),
      )
    ).map((k) => [k.key, k.number]),
  );
  const summaries = named.flatMap(([run, { metrics }]) =>
    [...(metrics ?? [])].map(([key, { latest, last, min, max }]) => ({
      series: series.get(run) ?? 0,
      key: keys.get(key) ?? 0,
      step: 1n,
      time: 1n,
      value: latest,
      firstStep: 0n,
      firstTime: 0n,
      min: Number.isNaN(min) ? null : min,
      max: Number.isNaN(max) ? null : max,
      hasNan: Number.isNaN(min),
      last: { origin: 1n, step: 1n, value: last },
      points: 2,
      unordered: false,
    })),
  );
  await mergeRunMetrics(source, summaries);
}

const SINCE = `1, 0, to_timestamp(0), 'u'`;

/** Writes the runs as the projector would have them, and beside each an older version that no search may see. */
export async function insertRuns(
  source: DataSource,
  workspace: string,
  runs: ReadonlyArray<readonly [string, RandomRun]>,
): Promise<void> {
  for (const [run, item] of runs) {
    const { attributes: a, params, tags, datasets = [], links = [], experiment, project, lifecycle } = item;
    await source.query(
      `insert into read.run (workspace, run, lp, project, experiment, name, description, status, lifecycle, started_at, finished_at,
         first_off, first_ord, first_time, from_off, from_ord, from_time, from_actor, to_off)
       values ($1, $2, 0, $3, $4, $5, $6, lower($7), $8, $9, $10, 1, 0, to_timestamp(3), ${SINCE}, null),
              ($1, $2, 0, 'p1', 'e1', 'old', 'old', 'running', 'active', null, null, 1, 0, to_timestamp(3), 0, 0, to_timestamp(0), 'u', 1)`,
      [
        workspace,
        run,
        project,
        experiment,
        a['run_name'],
        a['description'],
        a['status'],
        lifecycle,
        time(a['start_time']),
        time(a['end_time']),
      ],
    );
    for (const [key, text] of params ?? [])
      await source.query(
        `insert into read.run_param (workspace, run, key, kind, value, from_off, from_ord, from_time, from_actor)
         values ($1, $2, $3, 'text', $4, ${SINCE})`,
        [workspace, run, key, text],
      );
    for (const [key, text] of tags ?? [])
      await source.query(
        `insert into read.run_tag (workspace, run, key, value, from_off, from_ord, from_time, from_actor, to_off)
         values ($1, $2, $3, $4, ${SINCE}, null), ($1, $2, $3, 'a', 0, 0, to_timestamp(0), 'u', 1)`,
        [workspace, run, key, text],
      );
    for (const [i, { name, digest, context }] of datasets.entries())
      await source.query(
        `insert into read.run_input (workspace, run, identity, name, digest, context, tags, from_off, from_ord, from_time, from_actor)
         values ($1, $2, $3, $4, $5, $6, '[]', ${SINCE})`,
        [workspace, run, Buffer.from([i]), name, digest, context],
      );
    for (const [i, link] of links.entries())
      await source.query(
        `insert into read.run_link (workspace, run, identity, kind, uri, external_id, version, from_off, from_ord, from_time, from_actor)
         values ($1, $2, $3, $4, $5, $6, $7, ${SINCE})`,
        [workspace, run, Buffer.from([i]), link.kind, link.uri, link.external_id, link.version],
      );
  }
  await insertMetrics(source, workspace, runs);
}
