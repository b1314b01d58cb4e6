import { writeFileSync } from 'node:fs';
import { curvesAnswer } from '@runledger/contracts/http';
import { createHistoryReads, type Steps } from '@runledger/reads';
import { temporaryFolder } from '@runledger/testkit';
import type { z } from 'zod';
import { openScene, post, refusalOf, type Scene } from '../test/query-scene';

let scene: Scene;
const START = Date.parse('2026-01-01T00:00:00.000Z');
const SPIKE = 7_777;

beforeAll(async () => {
  scene = await openScene();
  const { record } = scene;
  for (const [run, lr] of [
    ['a', 0.1],
    ['b', 0.1],
    ['c', 0.2],
  ] as const) {
    await record.facts(run, [
      { type: 'run.started', data: { experiment: 'e', startedAt: new Date(START).toISOString() } },
      { type: 'params.logged', data: { params: [{ key: 'lr', value: lr }] } },
    ]);
    const slope = run === 'c' ? 3 : run === 'b' ? 2 : 1;
    const points = Array.from({ length: 40 }, (_, i) => ({ step: i, value: slope * i, time: START + 1_000 * i }));
    await record.stored({ run, key: 'train/loss', points });
    await record.stored({ run, key: 'val/loss/top', points: points.slice(0, 2) });
    const epochs = points.filter(({ step }) => step % 10 === 0);
    await record.stored({ run, key: 'epoch', points: epochs.map((p) => ({ ...p, value: p.step / 10 })) });
  }
  await record.facts('quiet', [{ type: 'run.started', data: { experiment: 'e' } }]);
  await record.projectMetadata();
  const long = Array.from({ length: 20_000 }, (_, i) => ({ step: i, value: i === SPIKE ? 1e9 : Math.sin(i / 50) }));
  await record.stored({ run: 'long', key: 'loss', points: long });
  await record.stored({ run: 'mine', key: 'loss', points: [{ step: 0, value: 1 }], workspace: 'other' });
});
afterAll(() => scene.close());

async function curves(body: object): Promise<z.output<typeof curvesAnswer>> {
  const answer = await post(scene, 'curves', body);
  expect([answer.status, answer.status === 200 ? '' : answer.text]).toEqual([200, '']);
  return curvesAnswer.parse(answer.body);
}
/** Averages are sums whose terms threads add up as they come to them. */
const rounded = (answer: z.output<typeof curvesAnswer>): unknown =>
  JSON.parse(
    JSON.stringify(answer, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    (_, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(12)) : value),
  );
const namesOf = (answer: z.output<typeof curvesAnswer>) => answer.curves.map(({ run, key }) => `${run} ${key}`);

describe('curves', () => {
  it('of many runs and metrics come in the order of their names', async () => {
    const answer = await curves({
      runs: ['c', 'a', 'quiet', 'none', 'mine', 'a'],
      keys: ['val/loss/top', 'train/loss', 'x'],
    });
    expect(namesOf(answer)).toEqual(['a train/loss', 'a val/loss/top', 'c train/loss', 'c val/loss/top']);
    expect(answer.missing).toEqual(['none', 'mine']);
  });

  it('are found by globs and by regular expressions', async () => {
    const keys = async (...patterns: object[]) => {
      const answer = await curves({ runs: ['a'], keys: patterns });
      return answer.curves.map(({ key }) => key);
    };
    expect(await keys({ glob: '*/loss' })).toEqual(['train/loss']);
    expect(await keys({ glob: '**' })).toEqual(['epoch', 'train/loss', 'val/loss/top']);
    expect(await keys({ glob: 'ep?ch' })).toEqual(['epoch']);
    expect(await keys({ glob: 'ep.ch' })).toEqual([]);
    expect(await keys({ regex: '^(train|val)/' })).toEqual(['train/loss', 'val/loss/top']);
    expect(await keys({ regex: 'o' }, { glob: 'epoch' })).toEqual(['epoch', 'train/loss', 'val/loss/top']);
  });

  it.each([
    ['on steps', {}],
    ['on times', { x: 'time', buckets: 7 }],
    ['on times since the start', { x: 'relative-time', from: 1_500 }],
    ['on another metric', { x: { metric: 'epoch' }, buckets: 2 }],
    ['of each writer', { writers: 'each', segments: 'all' }],
    ['in groups', { groupBy: { param: 'lr' }, buckets: 5 }],
  ])('%s are by a pattern what they are by the names that it matches', async (_, how) => {
    const runs = ['a', 'b', 'c', 'long'];
    for (const [pattern, names] of [
      [{ glob: '**/loss*' }, ['train/loss']],
      [{ regex: '^(train|val)/' }, ['train/loss', 'val/loss/top']],
      [{ regex: 'loss$' }, ['loss', 'train/loss']],
    ] as const) {
      const answer = await curves({ runs, keys: [pattern], ...how });
      expect(answer.curves.length + answer.groups.length).toBeGreaterThan(0);
      expect(rounded(answer)).toEqual(rounded(await curves({ runs, keys: [...names], ...how })));
    }
  });

  it('show every spike at any resolution, and the points themselves where there are few', async () => {
    for (const buckets of [1, 10, 500]) {
      const [curve] = (await curves({ runs: ['long'], keys: ['loss'], buckets })).curves;
      if (curve?.kind !== 'buckets') throw new Error('expected buckets');
      expect([curve.points, Math.max(...(curve.max as number[]))]).toEqual([20_000, 1e9]);
    }
    const near = { runs: ['long'], keys: ['loss'], from: SPIKE - 2, to: SPIKE + 2 };
    const [zoomed] = (await curves(near)).curves;
    expect(zoomed).toMatchObject({ kind: 'points', points: 5, x: [SPIKE - 2, SPIKE - 1, SPIKE, SPIKE + 1, SPIKE + 2] });
  });

  it('lie on steps, times, times since the start, and other metrics', async () => {
    const of = async (x: unknown) => {
      const [curve] = (
        await curves({ runs: ['b'], keys: ['train/loss'], x, from: 2, to: x === 'time' ? START + 3_000 : 3 })
      ).curves;
      return curve?.x.map(Number);
    };
    expect(await of('step')).toEqual([2, 3]);
    expect(await of('time')).toEqual([0, 1, 2, 3].map((i) => START + 1_000 * i));
    expect(await of({ metric: 'epoch' })).toEqual([...Array<number>(10).fill(2), ...Array<number>(10).fill(3)]);
    expect(await of({ metric: 'nothing' })).toBeUndefined();
    const relative = await curves({ runs: ['b'], keys: ['train/loss'], x: 'relative-time', from: 1_500, to: 3_000 });
    expect(relative.curves[0]?.x).toEqual([2_000, 3_000]);
  });

  it('take an open end from the points, and are none where the range lies beside them', async () => {
    const asked = { runs: ['a', 'b'], keys: ['train/loss'] };
    expect(await curves({ ...asked, from: 38 })).toMatchObject({
      from: 38,
      to: 39,
      curves: [{ points: 2 }, { points: 2 }],
    });
    expect(await curves({ ...asked, to: 0 })).toMatchObject({ from: 0, to: 0, curves: [{ points: 1 }, { points: 1 }] });
    expect(await curves({ ...asked, from: 40 })).toMatchObject({ from: null, curves: [] });
  });

  it('are smoothed, and show only the columns asked for', async () => {
    const [curve] = (
      await curves({
        runs: ['a'],
        keys: ['train/loss'],
        buckets: 20,
        columns: ['avg'],
        smoothing: { method: 'running-average', window: 2 },
      })
    ).curves;
    expect(Object.keys(curve ?? {})).toEqual(['kind', 'run', 'key', 'points', 'x', 'avg', 'smooth']);
    expect(curve).toMatchObject({
      avg: expect.arrayContaining([0.5, 38.5]),
      smooth: expect.arrayContaining([0.5, 1.5, 37.5]),
    });
  });

  it('are drawn as one for the runs that share a param', async () => {
    const asked = { runs: ['a', 'b', 'c', 'long'], keys: ['train/loss'], buckets: 40, quantiles: [0, 1] };
    const { groups, curves: alone } = await curves({ ...asked, groupBy: { param: 'lr' } });
    expect(alone).toEqual([]);
    expect(groups.map(({ value, runs }) => [value, runs])).toEqual([
      ['0.1', ['a', 'b']],
      ['0.2', ['c']],
    ]);
    const [pair] = groups;
    expect([pair?.x[10], pair?.count[10], pair?.mean[10], pair?.min[10], pair?.max[10]]).toEqual([10, 2, 15, 10, 20]);
    expect(pair?.quantiles.map((column) => column[10])).toEqual([10, 20]);
    const without = await curves({ ...asked, groupBy: { param: 'lr' }, quantiles: [] });
    expect([without.groups[0]?.mean[10], without.groups[0]?.quantiles]).toEqual([15, []]);
    const byExperiment = await curves({ ...asked, groupBy: 'experiment' });
    expect(byExperiment.groups.map(({ value, count }) => [value, count[1]])).toEqual([['e', 3]]);
  });
});

describe('an answer in Arrow', () => {
  /** What the engine reads out of the bytes: an implementation that shares nothing with the JSON. */
  async function rowsOf(body: object): Promise<{ rows: Array<Record<string, unknown>>; range: string | null }> {
    const answer = await fetch(`${scene.server.url}/api/v1/curves`, {
      method: 'POST',
      headers: { authorization: `Bearer ${scene.keys.reader}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...body, format: 'arrow' }),
    });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/vnd.apache.arrow.stream']);
    const folder = temporaryFolder('arrow');
    try {
      writeFileSync(`${folder.path}/curves.arrow`, Buffer.from(await answer.arrayBuffer()));
      const rows = await scene.clickhouse.rows<Record<string, unknown>>(
        `select * from file('${folder.path}/curves.arrow', 'ArrowStream')`,
      );
      return { rows, range: answer.headers.get('runledger-range') };
    } finally {
      folder.remove();
    }
  }
  const plain = (value: unknown): unknown =>
    typeof value === 'number' || typeof value === 'string' ? Number(value) : value;

  it('holds each bucket and each point that the JSON holds', async () => {
    const body = {
      runs: ['a', 'b', 'long'],
      keys: ['train/loss', 'loss'],
      buckets: 40,
      smoothing: { method: 'ema', weight: 0.5 },
    };
    const { curves: wanted, from, to, width } = await curves(body);
    const { rows, range } = await rowsOf(body);
    expect(range).toBe(`from=${from}, to=${to}, width=${width}`);
    expect(wanted.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['points', 'buckets']));
    let at = 0;
    for (const curve of wanted)
      for (let i = 0; i < curve.x.length; i++) {
        const row = rows[at++];
        expect([row?.['kind'], row?.['run'], row?.['key'], row?.['writer']]).toEqual([
          curve.kind,
          curve.run,
          curve.key,
          null,
        ]);
        const columns = Object.entries(curve).filter(([, held]) => Array.isArray(held)) as Array<[string, unknown[]]>;
        expect(columns.map(([name]) => [name, plain(row?.[name])])).toEqual(
          columns.map(([name, held]) => [name, plain(held[i])]),
        );
      }
    expect(rows).toHaveLength(at);
  });

  it('keeps what JSON has no numbers for, and names that look like separators', async () => {
    const run = 'odd';
    const key = 'tab\there \\N';
    const values = [Number.NaN, Infinity, -Infinity, -0, 5e-324];
    await scene.record.stored({ run, key, points: values.map((value, step) => ({ step, value })) });
    const { rows } = await rowsOf({ runs: [run], keys: [key] });
    expect(rows.map((row) => [row['key'], row['values']])).toEqual(
      ['nan', 'inf', '-inf', -0, 5e-324].map((value) => [key, value]),
    );
  });

  it('holds groups, and nothing where there is nothing', async () => {
    const body = {
      runs: ['a', 'b', 'c'],
      keys: ['train/loss'],
      buckets: 10,
      groupBy: { param: 'lr' },
      quantiles: [0.5],
    };
    const { groups } = await curves(body);
    const { rows } = await rowsOf(body);
    expect(rows.map(({ value, x, mean, quantile_0: median }) => [value, Number(x), mean, median])).toEqual(
      groups.flatMap(({ value, x, mean, quantiles }) =>
        x.map((at, i) => [value, Number(at), mean[i], quantiles[0]?.[i]]),
      ),
    );
    expect(await rowsOf({ runs: ['none'], keys: ['loss'] })).toEqual({ rows: [], range: null });
  });
});

describe('questions that cannot be answered', () => {
  const asked = { runs: ['a'], keys: ['train/loss'] };
  it.each([
    [{ ...asked, from: 2, to: 1 }, 'QUERY_BAD_RANGE'],
    [{ ...asked, from: 0.5 }, 'QUERY_BAD_RANGE'],
    [{ ...asked, from: '9223372036854775808' }, 'HTTP_BAD_INPUT'],
    [{ ...asked, buckets: 1_000_000 }, 'HTTP_BAD_INPUT'],
    [{ ...asked, buckets: 0 }, 'HTTP_BAD_INPUT'],
    [{ ...asked, runs: [] }, 'HTTP_BAD_INPUT'],
    [{ ...asked, runs: ["'; drop"] }, 'HTTP_BAD_INPUT'],
    [{ ...asked, colour: 'red' }, 'HTTP_BAD_INPUT'],
    [{ ...asked, keys: [{ regex: '(' }] }, 'CLICKHOUSE_BAD_PATTERN'],
    [{ ...asked, keys: [{ regex: 'a{1000}{1000}' }] }, 'CLICKHOUSE_BAD_PATTERN'],
    [{ ...asked, keys: [{ regex: 'a'.repeat(201) }] }, 'HTTP_BAD_INPUT'],
    [{ ...asked, smoothing: { method: 'ema', weight: 1 } }, 'HTTP_BAD_INPUT'],
    [{ ...asked, quantiles: [1.1] }, 'HTTP_BAD_INPUT'],
    [{ ...asked, format: 'parquet' }, 'HTTP_BAD_INPUT'],
  ])('are refused: %j', async (body, code) => {
    expect(refusalOf(await post(scene, 'curves', body))).toEqual([400, code]);
  });

  it('answer the same for SQL in a name as for any name that is not there', async () => {
    for (const key of ["'", "a') or 1=1 --", '{p0:UInt32}', '$1', 'x'.repeat(250)])
      for (const body of [
        { ...asked, keys: [key] },
        { ...asked, keys: [{ glob: key.slice(0, 200) }] },
        { ...asked, x: { metric: key } },
        { ...asked, groupBy: { param: key }, keys: ['nothing'] },
      ])
        expect((await curves(body)).curves).toEqual([]);
  });

  it('cost no more than other expressions, however they backtrack elsewhere', async () => {
    const begun = performance.now();
    expect(
      (await curves({ ...asked, keys: [{ regex: '^(([a-z])+.)+[A-Z]([a-z])+$' }, { regex: '(a*)*b' }] })).curves,
    ).toEqual([]);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});

describe('histories at chosen steps', () => {
  const EVERY = { from: -(2n ** 63n), to: 2n ** 63n - 1n };
  const everyThird = (steps: Steps): bigint[] =>
    Array.from({ length: steps.length }, (_, i) => steps.at(i) as bigint).filter((_, i) => i % 3 === 0);
  /** Of two runs, by the naive meaning: every third of all steps that any of them has. */
  async function check(curvesOf: ReadonlyArray<readonly number[]>, bounds = EVERY): Promise<void> {
    const key = `k ${JSON.stringify(curvesOf)}`;
    for (const [i, steps] of curvesOf.entries())
      await scene.record.stored({
        run: `s${i}`,
        key,
        points: steps.map((step, at) => ({ step, value: at, time: at })),
      });
    const within = (step: number): boolean => step >= bounds.from && step <= bounds.to;
    const all = [...new Set(curvesOf.flat())].sort((a, b) => a - b).filter(within);
    const chosen = all.filter((_, i) => i % 3 === 0);
    const runs = curvesOf.map((_, i) => `s${i}`);
    const found = await createHistoryReads(scene).sampled('default', runs, { ...bounds, key, choose: everyThird });
    expect(found.map(({ run, points }) => [run, points.map(({ step }) => Number(step))])).toEqual(
      runs.map((run, i) => [run, (curvesOf[i] ?? []).filter((step) => chosen.includes(step)).sort((a, b) => a - b)]),
    );
  }
  const upTo = (length: number, stride = 1, from = 0): number[] => Array.from({ length }, (_, i) => from + stride * i);

  it('are those of regular curves, also of several that end apart, and between bounds', async () => {
    await check([upTo(100)]);
    await check([upTo(30, 10, 7), upTo(50, 10, 7)]);
    await check([upTo(101)], { from: 11n, to: 47n });
    await check([upTo(102)], { from: 500n, to: 600n });
  });

  it('are those of curves that are not regular, or only look so', async () => {
    await check([[0, 1, 2, 4, 8, 16, 32]]);
    await check([upTo(20), upTo(20, 1, 5)]);
    await check([[5, 3, 1, 0, 2, 4]]);
    // Ends and number of points are those of 0 to 9, and step 3 is missing.
    await check([[0, 1, 2, 2, 4, 5, 6, 7, 8, 9]]);
  });

  it('of a metric that nobody logged are none', async () => {
    const asked = { ...EVERY, key: 'none', choose: everyThird };
    expect(await createHistoryReads(scene).sampled('default', ['a', 'b'], asked)).toEqual([]);
  });
});
