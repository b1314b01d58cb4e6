import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type CompareAnswer, compareAnswer } from '@runledger/contracts/http';
import { openScene, post, refusalOf, type Scene } from '../test/query-scene';
import type { Fact } from '../test/record-and-project';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.close());

const compare = async (body: object, query = ''): Promise<CompareAnswer> =>
  compareAnswer.parse((await post(scene, `compare${query}`, body)).body);
const params = (values: Record<string, unknown>): Fact => ({
  type: 'params.logged',
  data: { params: Object.entries(values).map(([key, value]) => ({ key, value })) },
});

describe('a comparison', () => {
  const PATCHES = { a: '+one\n+two\n+three', b: '+one\n+2\n+three' };
  beforeAll(async () => {
    const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
    for (const [run, text] of Object.entries(PATCHES)) {
      const stored = await scene.artifacts.put(Readable.from([Buffer.from(text)]));
      expect(stored.digest).toBe(digestOf(text));
      await scene.record.facts(run, [
        params({ lr: run === 'a' ? 0.1 : 0.2, opt: 'adam', ...(run === 'a' ? { only: true } : {}) }),
        { type: 'tags.set', data: { tags: [{ key: 'team', value: run }] } },
        { type: 'code.recorded', data: { commit: `c-${run}`, branch: 'main', dirty: true, diffDigest: stored.digest } },
        { type: 'artifact.stored', data: { path: 'code.patch', digest: stored.digest, size: stored.size } },
        {
          type: 'environment.recorded',
          data: {
            host: run,
            cpus: 2,
            packages: [
              { name: 'x', version: '1' },
              { name: 'y', version: run },
            ],
          },
        },
        {
          type: 'inputs.used',
          data: {
            inputs: [
              { name: 'train', digest: `d-${run}` },
              { name: 'test', digest: 'same' },
            ],
          },
        },
      ]);
      const points = [1, 2, 3].map((step) => ({ step, value: run === 'a' ? step : 10 * step }));
      await scene.record.stored({ run, key: 'loss', points });
    }
    await scene.record.stored({ run: 'a', key: 'acc', points: [{ step: 1, value: Number.NaN }] });
    await scene.record.facts('plain', [params({ lr: 0.1, opt: 'adam' })]);
    await scene.record.facts('theirs', [params({ lr: 9 })], { workspace: 'other' });
    await scene.record.projectMetadata();
  });

  it('shows what differs, and nothing else', async () => {
    const found = await compare({ runs: ['a', 'b', 'theirs'], patches: true });
    expect(found).toMatchObject({
      baseline: 'a',
      missing: ['theirs'],
      params: [
        { key: 'lr', values: [0.1, 0.2] },
        { key: 'only', values: [true, null] },
      ],
      tags: [{ key: 'team', values: ['a', 'b'] }],
      environment: [{ key: 'host', values: ['a', 'b'] }],
      packages: [{ key: 'y', values: ['a', 'b'] }],
      inputs: [{ name: 'train', context: '', digests: [['d-a'], ['d-b']] }],
      importance: null,
    });
    expect(found.code.map(({ key }) => key)).toEqual(['commit', 'diffDigest']);
    expect(found.runs.map(({ run }) => run)).toEqual(['a', 'b']);
    expect(found.patches.map(({ run, stored, diff }) => [run, stored, diff])).toEqual([
      ['a', true, null],
      ['b', true, '@@ -1,3 +1,3 @@\n +one\n-+two\n++2\n +three'],
    ]);
  });

  it('compares metrics with the baseline', async () => {
    const { metrics } = await compare({ runs: ['a', 'b', 'plain'], baseline: 'b' });
    expect(metrics).toEqual([
      { key: 'acc', values: [{ value: 'NaN', last: 'NaN', min: 'NaN', max: 'NaN', delta: null }, null, null] },
      {
        key: 'loss',
        values: [
          { value: 3, last: 3, min: 1, max: 3, delta: { value: -27, last: -27, min: -9, max: -27 } },
          { value: 30, last: 30, min: 10, max: 30, delta: { value: 0, last: 0, min: 0, max: 0 } },
          null,
        ],
      },
    ]);
    expect((await compare({ runs: ['a', 'b'], metrics: ['acc'] })).metrics.map(({ key }) => key)).toEqual(['acc']);
  });

  it('shows all where that is asked for', async () => {
    const found = await compare({ runs: ['a', 'b'], all: true });
    expect(found.params.map(({ key }) => key)).toEqual(['lr', 'only', 'opt']);
    expect(found.packages).toHaveLength(2);
    expect(found.inputs).toHaveLength(2);
  });

  it.each([
    ['one run', { runs: ['a'] }, [400, 'HTTP_BAD_INPUT']],
    ['a baseline that is not among them', { runs: ['a', 'b'], baseline: 'plain' }, [400, 'QUERY_BAD_BASELINE']],
    ['a baseline that is not there', { runs: ['nothing', 'b'] }, [404, 'QUERY_NO_RUN']],
  ])('refuses %s', async (_, body, [status, code]) => {
    const answer = await post(scene, 'compare', body);
    expect(answer.status).toBe(status);
    if (code !== 'HTTP_BAD_INPUT') expect(refusalOf(answer)[1]).toBe(code);
  });

  it('is what it was, as of a moment', async () => {
    await new Promise((later) => setTimeout(later, 5));
    const moment = new Date().toISOString();
    const before = await compare({ runs: ['a', 'b'], all: true });
    await new Promise((later) => setTimeout(later, 5));
    await scene.record.facts('a', [
      params({ later: 1 }),
      { type: 'tags.set', data: { tags: [{ key: 'team', value: 'b' }] } },
      { type: 'code.recorded', data: { commit: 'c-b' } },
    ]);
    await scene.record.stored({ run: 'b', key: 'loss', points: [{ step: 4, value: -1 }] });
    await scene.record.projectMetadata();
    expect(await compare({ runs: ['a', 'b'], all: true }, `?as_of=${moment}`)).toEqual(before);
    expect(await compare({ runs: ['a', 'b'], all: true })).not.toEqual(before);
  });
});

it('names the params that matter, and how it knows', async () => {
  const opts = ['adam', 'sgd', 'lion'];
  for (let i = 0; i < 60; i++) {
    const run = `i${i}`;
    const lr = ((i * 37) % 60) / 60;
    const seed = (i * i * 7 + 3 * i) % 61;
    const opt = opts[(i * 7) % 3] as string;
    await scene.record.facts(run, [params({ lr, seed, opt, fixed: 1 })]);
    const loss = 5 * lr + (opt === 'lion' ? 1 : 0);
    await scene.record.stored({ run, key: 'goal', points: [{ step: 1, value: i === 59 ? Number.NaN : loss }] });
  }
  await scene.record.projectMetadata();
  const runs = Array.from({ length: 60 }, (_, i) => `i${i}`);
  const { importance } = await compare({ runs, metrics: ['goal'], importance: { metric: 'goal' } });
  expect(importance).toMatchObject({ metric: 'goal', value: 'latest', runs: 59 });
  expect(importance?.methods.importance).toMatch(/random forest/);
  expect(importance?.params.map(({ key, kind }) => [key, kind])).toEqual([
    ['lr', 'number'],
    ['opt', 'category'],
    ['seed', 'number'],
  ]);
  expect(importance?.params[0]?.rankCorrelation).toBeGreaterThan(0.8);
  expect(importance?.params[1]?.rankCorrelation).toBeNull();
  const few = await compare({ runs: runs.slice(0, 5), importance: { metric: 'goal' } });
  expect(few.importance).toMatchObject({ runs: 5, params: [] });
});
