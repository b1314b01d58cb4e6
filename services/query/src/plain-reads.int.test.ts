import { MADE_FROM_IT } from '@runledger/contracts';
import {
  compareAnswer,
  curvesAnswer,
  facetsAnswer,
  lineageAnswer,
  metricNamesAnswer,
  metricsAnswer,
  runAnswer,
  seriesAnswer,
} from '@runledger/contracts/http';
import { openScene, post, read, type Scene } from '../test/query-scene';
import { LOG_RUNS, type Logged, type PlainReads, readPlainly, recordRandomLog } from '../test/random-log';

// Each read is held against a plain evaluation over all that was recorded.
let scene: Scene;
let plain: PlainReads;
beforeAll(async () => {
  scene = await openScene();
  plain = readPlainly(await recordRandomLog(scene, 11, 260));
});
afterAll(() => scene.close());

const shown = (value: number): number | string => (Number.isFinite(value) ? value : String(value));
type Summary = Readonly<{ value: number; last: number; min: number; max: number }>;

/** The definitions: the value at the greatest (step, time, value), where NaN is the least; the last arrival; any point but NaN. */
function summaryOf(points: readonly Logged[]): Summary | null {
  const order = (p: Logged): number => (Number.isNaN(p.value) ? -Infinity : p.value);
  const latest = [...points].sort((a, b) => a.step - b.step || a.time - b.time || order(a) - order(b)).at(-1);
  const last = points.at(-1);
  if (latest === undefined || last === undefined) return null;
  const numbers = points.map(({ value }) => value).filter((value) => !Number.isNaN(value));
  const ends = numbers.length === 0 ? [Number.NaN, Number.NaN] : [Math.min(...numbers), Math.max(...numbers)];
  return { value: latest.value, last: last.value, min: ends[0] as number, max: ends[1] as number };
}
const mapSummary = (of: (name: keyof Summary) => number) => ({
  value: shown(of('value')),
  last: shown(of('last')),
  min: shown(of('min')),
  max: shown(of('max')),
});

describe('a comparison', () => {
  const known = LOG_RUNS.slice(0, -1);
  const rowsOf = (of: (run: string) => ReadonlyMap<string, unknown>, all: boolean) => {
    const keys = [...new Set(known.flatMap((run) => [...of(run).keys()]))].sort();
    return keys
      .map((key) => ({ key, values: known.map((run) => of(run).get(key) ?? null) }))
      .filter(({ values }) => all || new Set(values).size > 1);
  };

  it.each([
    [true, 'r0'],
    [false, 'r3'],
    [true, 'r6'],
  ])('of all=%s with the baseline %s says what the log says', async (all, baseline) => {
    const { body } = await post(scene, 'compare', { runs: LOG_RUNS, baseline, all });
    const found = compareAnswer.parse(body);
    // One of the runs has points only, and was never announced.
    expect([found.missing, found.runs.map(({ run }) => run)]).toEqual([LOG_RUNS.slice(-1), known]);
    expect(found.params).toEqual(rowsOf(plain.params, all));
    expect(found.tags).toEqual(rowsOf(plain.tags, all));
    const code = new Map(found.code.map(({ key, values }) => [key, values]));
    for (const { key, values } of rowsOf((run) => new Map(Object.entries(plain.code(run) ?? {})), all))
      expect([key, code.get(key)]).toEqual([key, values]);
    const environment = new Map(found.environment.map(({ key, values }) => [key, values]));
    const machineOf = (run: string): Map<string, unknown> => {
      const { packages: _, ...machine } = plain.environment(run) ?? {};
      return new Map(Object.entries(machine));
    };
    for (const { key, values } of rowsOf(machineOf, all)) expect([key, environment.get(key)]).toEqual([key, values]);
    expect(found.packages).toEqual(
      rowsOf((run) => new Map(plain.environment(run)?.packages.map(({ name, version }) => [name, version])), all),
    );
    const keys = [...new Set(known.flatMap((run) => plain.keys(run)))].sort();
    expect(found.metrics).toEqual(
      keys.map((key) => {
        const base = summaryOf(plain.points(baseline, key));
        const values = known.map((run) => {
          const own = summaryOf(plain.points(run, key));
          if (own === null) return null;
          return {
            ...mapSummary((name) => own[name]),
            delta: base === null ? null : mapSummary((name) => own[name] - base[name]),
          };
        });
        return { key, values };
      }),
    );
    const names = new Map(
      known.flatMap((run) => plain.inputs(run).map((i) => [JSON.stringify([i.name, i.context]), i])),
    );
    const inputs = [...names]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { name, context }]) => {
        const own = (run: string) => plain.inputs(run).filter((i) => i.name === name && i.context === context);
        return {
          name,
          context,
          digests: known.map((run) =>
            own(run)
              .map(({ digest }) => digest)
              .sort(),
          ),
        };
      });
    const differing = inputs.filter(({ digests }) => new Set(digests.map(String)).size > 1);
    expect(found.inputs).toEqual(all ? inputs : differing);
  });
});

describe('lineage', () => {
  type Edge = readonly [from: string, kind: string, to: string, detail: string];
  const datasetOf = ({ name, digest }: { name: string; digest: string }): string =>
    `dataset:${name}/${encodeURIComponent(digest)}`;

  function edges(): Edge[] {
    const all = LOG_RUNS.flatMap((run): Edge[] => {
      const { fork, parent } = plain.started(run) ?? {};
      const inputs = plain.inputs(run);
      return [
        ...inputs.map((i): Edge => [datasetOf(i), 'used', `run:${run}`, i.context]),
        ...inputs.flatMap((i): Edge[] =>
          plain.storedOnce(i.digest) ? [[`artifact:${i.digest}`, 'same-bytes', datasetOf(i), '']] : [],
        ),
        ...plain.outputs(run).map(({ loggedModel }): Edge => [`run:${run}`, 'made', `logged-model:${loggedModel}`, '']),
        ...[...plain.artifacts(run)].map(
          ([path, digest]): Edge => [`run:${run}`, 'stored', `artifact:${digest}`, path],
        ),
        ...(fork === undefined ? [] : [[`run:${fork.run}`, 'forked', `run:${run}`, String(fork.step)] as const]),
        ...(parent === undefined ? [] : [[`run:${parent}`, 'child', `run:${run}`, ''] as const]),
        ...plain
          .links(run)
          .map(
            ({ kind, uri }): Edge =>
              MADE_FROM_IT.some((made) => made === kind)
                ? [`run:${run}`, 'linked', `external:${uri}`, kind]
                : [`external:${uri}`, 'linked', `run:${run}`, kind],
          ),
      ];
    });
    return [...new Map(all.map((edge) => [JSON.stringify(edge), edge])).values()];
  }

  /** All that lies up to so many steps away, each way by itself. */
  function walked(start: string, direction: string, depth: number): Edge[] {
    const all = edges();
    const taken = new Set<Edge>();
    for (const [near, far] of [[2, 0] as const, [0, 2] as const]) {
      if (direction === (near === 2 ? 'downstream' : 'upstream')) continue;
      const gone = new Set([start]);
      let front = [start];
      for (let step = 0; step < depth; step++) {
        const touching = all.filter((edge) => front.includes(edge[near]));
        for (const edge of touching) taken.add(edge);
        front = touching.map((edge) => edge[far]).filter((node) => !gone.has(node));
        for (const node of front) gone.add(node);
      }
    }
    return [...taken];
  }

  it('leads as far as the log does, from every run, dataset, artifact and link', async () => {
    const nodes = [...new Set(edges().flatMap(([from, , to]) => [from, to]))];
    expect(nodes.length).toBeGreaterThan(12);
    for (const [i, node] of nodes.entries()) {
      const [direction, depth] = [['upstream', 'downstream', 'both'][i % 3] as string, 1 + (i % 4)];
      const path = `lineage?node=${encodeURIComponent(node)}&direction=${direction}&depth=${depth}`;
      const answer = await read(scene, path);
      // A model that no command has made is no node to begin at.
      if (node.startsWith('logged-model:')) continue;
      const found = lineageAnswer.parse(answer.body);
      const expected = walked(node, direction, depth);
      const texts = (given: readonly Edge[]): string[] => given.map((edge) => JSON.stringify(edge)).sort();
      expect([path, texts(found.edges.map(({ from, kind, to, detail }) => [from, kind, to, detail]))]).toEqual([
        path,
        texts(expected),
      ]);
      expect(new Set(found.nodes.map((one) => one.node))).toEqual(
        new Set([node, ...expected.flatMap(([from, , to]) => [from, to])]),
      );
    }
  });
});

describe('groups of curves', () => {
  type By = { param: string } | { tag: string } | 'experiment' | 'run';
  const valueOf = (run: string, by: By): string | null => {
    if (by === 'run') return run;
    if (by === 'experiment') return plain.started(run)?.experiment ?? null;
    const value = 'param' in by ? plain.params(run).get(by.param) : plain.tags(run).get(by.tag);
    return value === undefined ? null : String(value);
  };
  const quantile = (sorted: readonly number[], level: number): number => {
    const at = (sorted.length - 1) * level;
    const [low, high] = [sorted[Math.floor(at)] as number, sorted[Math.ceil(at)] as number];
    return low + (high - low) * (at - Math.floor(at));
  };

  it.each([
    [{ param: 'p0' }, 5],
    [{ tag: 't0' }, 3],
    ['experiment', 20],
    ['run', 7],
  ] as ReadonlyArray<[By, number]>)(
    'by %j in %d buckets are statistics over the averages of their runs',
    async (groupBy, buckets) => {
      const question = { runs: LOG_RUNS, keys: ['loss'], buckets, groupBy, segments: 'all', inherited: false };
      const found = curvesAnswer.parse((await post(scene, 'curves', question)).body);
      const steps = LOG_RUNS.flatMap((run) => plain.points(run, 'loss').map(({ step }) => step));
      expect([found.from, found.to]).toEqual([Math.min(...steps), Math.max(...steps)]);
      const [from, width] = [Number(found.from), Number(found.width)];
      const values = [
        ...new Set(LOG_RUNS.filter((run) => plain.keys(run).length > 0).map((run) => valueOf(run, groupBy))),
      ];
      const expected = values.flatMap((value) => {
        const runs = LOG_RUNS.filter((run) => valueOf(run, groupBy) === value && plain.keys(run).length > 0);
        const byBucket = new Map<number, number[]>();
        for (const run of runs) {
          const own = new Map<number, number[]>();
          for (const { step, value: v } of plain.points(run, 'loss')) {
            const at = Math.floor((step - from) / width);
            if (Number.isFinite(v)) own.set(at, [...(own.get(at) ?? []), v]);
          }
          for (const [at, list] of own)
            byBucket.set(at, [...(byBucket.get(at) ?? []), list.reduce((a, b) => a + b, 0) / list.length]);
        }
        const rows = [...byBucket]
          .sort(([a], [b]) => a - b)
          .map(([at, averages]) => {
            const sorted = [...averages].sort((a, b) => a - b);
            const mean = averages.reduce((a, b) => a + b, 0) / averages.length;
            const squares = averages.reduce((sum, v) => sum + (v - mean) ** 2, 0);
            const std = averages.length < 2 ? 0 : Math.sqrt(squares / (averages.length - 1));
            return [
              from + at * width,
              averages.length,
              mean,
              sorted[0],
              sorted.at(-1),
              std,
              ...[0.25, 0.5, 0.75].map((q) => quantile(sorted, q)),
            ];
          });
        return rows.length === 0 ? [] : [{ value, runs, rows }];
      });
      const byValue = (a: { value: string | null }, b: { value: string | null }) =>
        String(a.value) < String(b.value) ? -1 : 1;
      const rounded = (n: number | string | undefined | null) => Math.round(Number(n) * 1e9) / 1e9 + 0;
      const told = found.groups.map(({ value, runs, x, count, mean, min, max, std, quantiles }) => ({
        value,
        runs,
        rows: x.map((at, i) =>
          [at, count[i], mean[i], min[i], max[i], std[i], ...quantiles.map((level) => level[i])].map(rounded),
        ),
      }));
      expect(told.sort(byValue)).toEqual(
        expected.map((one) => ({ ...one, rows: one.rows.map((row) => row.map(rounded)) })).sort(byValue),
      );
    },
  );
});

describe('names of metrics', () => {
  const paged = async (query: string): Promise<string[]> => {
    const names: string[] = [];
    for (let token: string | null = ''; token !== null; ) {
      const page = token === '' ? '' : `&page_token=${token}`;
      const found = metricNamesAnswer.parse((await read(scene, `metric-names?limit=1${query}${page}`)).body);
      names.push(...found.names);
      token = found.nextPageToken;
    }
    return names;
  };

  it('are those of the points that were logged, of an experiment too, page by page', async () => {
    const inExperiment = (experiment: string): string[] =>
      LOG_RUNS.filter((run) => plain.started(run)?.experiment === experiment).flatMap((run) => plain.keys(run));
    const unique = (names: readonly string[]): string[] => [...new Set(names)].sort();
    expect(await paged('')).toEqual(unique(plain.keys()));
    for (const experiment of ['e1', 'e2', 'none'])
      expect(await paged(`&experiment=${experiment}`)).toEqual(unique(inExperiment(experiment)));
    for (const part of ['LOSS', 'acc', 'l/', '%', '_'])
      expect(await paged(`&search=${encodeURIComponent(part)}`)).toEqual(
        unique(plain.keys()).filter((name) => name.toLowerCase().includes(part.toLowerCase())),
      );
    expect(await paged('&prefix=val')).toEqual(unique(plain.keys()).filter((name) => name.startsWith('val')));
  });

  it('come with the latest value and the number of points of each', async () => {
    for (const run of LOG_RUNS) {
      const { metrics } = metricsAnswer.parse((await read(scene, `runs/${run}/metrics`)).body);
      expect([run, metrics.map(({ key, value, points }) => [key, value, points])]).toEqual([
        run,
        plain
          .keys(run)
          .sort()
          .map((key) => {
            const points = plain.points(run, key);
            return [key, shown(summaryOf(points)?.value ?? 0), points.length];
          }),
      ]);
    }
  });
});

it('facets count what the log says of the runs that match', async () => {
  const { body } = await post(scene, 'search/facets', { lifecycle: 'all' });
  const found = facetsAnswer.parse(body);
  const known = LOG_RUNS.filter(plain.isKnown);
  const counted = (of: (run: string) => ReadonlyMap<string, unknown>) =>
    [...new Set(known.flatMap((run) => [...of(run).keys()]))].sort().map((key) => {
      const values = known.flatMap((run) => (of(run).has(key) ? [String(of(run).get(key))] : []));
      return {
        key,
        runs: values.length,
        distinct: new Set(values).size,
        values: new Map(values.map((v) => [v, values.filter((o) => o === v).length])),
      };
    });
  const told = (facets: typeof found.tags) =>
    facets.map(({ key, runs, distinct, values }) => ({
      key,
      runs,
      distinct,
      values: new Map(values.map((v) => [v.value, v.runs])),
    }));
  expect([found.runs, found.complete]).toEqual([known.length, true]);
  expect(told(found.params)).toEqual(counted(plain.params));
  expect(told(found.tags)).toEqual(counted(plain.tags));
  const experiments = known.map((run) => plain.started(run)?.experiment);
  expect(new Map(found.experiments.map(({ value, runs }) => [value, runs]))).toEqual(
    new Map(experiments.map((e) => [e, experiments.filter((o) => o === e).length])),
  );
  expect(found.statuses).toEqual([{ value: 'running', runs: known.length }]);

  const rangeOf = (values: readonly number[]) => ({
    min: values.length === 0 ? null : Math.min(...values),
    max: values.length === 0 ? null : Math.max(...values),
  });
  const numbersOf = (key: string): number[] =>
    known.flatMap((run) => {
      const value = plain.params(run).get(key);
      return typeof value === 'number' ? [value] : [];
    });
  const ranges = (facets: typeof found.tags) => facets.map(({ key, min, max }) => ({ key, min, max }));
  expect(ranges(found.params)).toEqual(found.params.map(({ key }) => ({ key, ...rangeOf(numbersOf(key)) })));
  expect(found.params.some(({ min }) => min !== null)).toBe(true);
  // Of the metrics those that are in most runs come first, then by their names.
  const metrics = [...new Set(known.flatMap((run) => plain.keys(run)))].map((key) => {
    const latest = known.flatMap((run) => summaryOf(plain.points(run, key))?.value ?? []);
    const nans = latest.filter(Number.isNaN).length;
    const { min, max } = rangeOf(latest.filter((value) => !Number.isNaN(value)));
    return {
      key,
      runs: latest.length,
      nans,
      min: min === null ? null : shown(min),
      max: max === null ? null : shown(max),
    };
  });
  expect(found.metrics).toEqual(metrics.sort((a, b) => b.runs - a.runs || (a.key < b.key ? -1 : 1)));
});

describe('a run', () => {
  const known = LOG_RUNS.slice(0, -1);
  const get = async (path: string): Promise<Record<string, unknown>> => (await read(scene, path)).body as never;

  it('is what was said of it, whole and in its parts', async () => {
    for (const run of known) {
      const whole = runAnswer.parse(await get(`runs/${run}`));
      const { experiment, parent = null } = plain.started(run) ?? {};
      expect([run, whole.experiment, whole.parent]).toEqual([run, experiment, parent]);
      const byKey = (values: ReadonlyMap<string, unknown>) =>
        [...values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => ({ key, value }));
      const inputs = plain.inputs(run).map(({ name, digest, context }) => ({ name, digest, context }));
      const artifacts = [...plain.artifacts(run)].map(([path, digest]) => ({ path, digest }));
      const parts = {
        params: byKey(plain.params(run)),
        tags: byKey(plain.tags(run)),
        inputs: inputs.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
        artifacts: artifacts.sort((a, b) => (a.path < b.path ? -1 : 1)),
      };
      for (const [part, expected] of Object.entries(parts)) {
        expect([run, part, (await get(`runs/${run}/${part}`))[part]]).toMatchObject([run, part, expected]);
        expect([run, part, whole[part as keyof typeof parts]]).toMatchObject([run, part, expected]);
      }
      expect(whole.links.map(({ kind, uri }) => `${kind} ${uri}`).sort()).toEqual(
        [...new Set(plain.links(run).map(({ kind, uri }) => `${kind} ${uri}`))].sort(),
      );
    }
  });

  it('has each of its points once, in the order of steps, times and arrival', async () => {
    for (const run of LOG_RUNS) {
      const keys = plain.keys(run);
      const query = keys.map((key) => `key=${encodeURIComponent(key)}`).join('&');
      const { series } = seriesAnswer.parse(await get(`runs/${run}/series?${query}`));
      for (const [i, key] of keys.entries()) {
        const points = plain.points(run, key).sort((a, b) => a.step - b.step || a.time - b.time);
        const { steps, times, values, writers, writer } = series[i] as (typeof series)[number];
        expect([run, key, steps, times, values, writer.map((at) => writers[at])]).toEqual([
          ...[run, key, points.map((p) => p.step), points.map((p) => p.time), points.map((p) => shown(p.value))],
          points.map((p) => p.writer),
        ]);
      }
    }
  });

  it('is exported as it was recorded', async () => {
    const rows = async (table: string): Promise<string[]> => {
      const answer = await fetch(`${scene.server.url}/api/v1/export`, {
        method: 'POST',
        headers: { authorization: `Bearer ${scene.keys.reader}`, 'content-type': 'application/json' },
        body: JSON.stringify({ table, runs: LOG_RUNS, format: 'jsonl' }),
      });
      const lines = (await answer.text()).split('\n').slice(0, -1);
      return lines.map((line) => {
        const { run, key, step, time, value } = JSON.parse(line) as Record<string, string | number>;
        return table === 'points' ? `${run} ${key} ${step} ${time}` : `${run} ${key} ${value}`;
      });
    };
    const texts = (of: (run: string) => ReadonlyMap<string, unknown>): string[] =>
      known.flatMap((run) => [...of(run)].map(([key, value]) => `${run} ${key} ${String(value)}`)).sort();
    expect((await rows('params')).sort()).toEqual(texts(plain.params));
    expect((await rows('tags')).sort()).toEqual(texts(plain.tags));
    const points = LOG_RUNS.flatMap((run) =>
      plain.keys(run).flatMap((key) => plain.points(run, key).map((p) => `${run} ${key} ${p.step} ${p.time}`)),
    );
    expect((await rows('points')).sort()).toEqual(points.sort());
  });
});
