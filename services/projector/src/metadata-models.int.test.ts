import { createMetadataReads, type MetadataReads } from '@runledger/postgres';
import { decided, openTables, projectThreeWays, said, type Tables } from './metadata-tables.contract';

let tables: Tables;
let reads: MetadataReads;
beforeAll(async () => {
  tables = await openTables();
  reads = createMetadataReads(tables.source);
});
afterAll(() => tables.close());
beforeEach(() => tables.startOver());

const tags = (...pairs: Array<[string, string]>) => pairs.map(([key, value]) => ({ key, value }));
const model = 'id-1';
const version = (number: number) => ({ model, version: number });
const NOW = Date.parse('2026-01-02T03:04:05.000Z');

const HISTORY = [
  decided(1, { type: 'model.created', data: { model, name: 'digits', description: '', tags: tags(['a', '1']) } }),
  decided(2, {
    type: 'version.created',
    data: { ...version(1), source: 's1', location: 's1', description: '', tags: [] },
  }),
  decided(3, {
    type: 'version.created',
    data: {
      ...version(2),
      source: 'models:/m-1',
      location: 's2',
      run: 'r1',
      loggedModel: 'm-1',
      description: 'two',
      tags: [],
    },
  }),
  decided(4, { type: 'alias.moved', data: { model, alias: 'champion', version: 1 } }),
  decided(5, { type: 'version.staged', data: { ...version(1), from: 'None', to: 'Production' } }),
  decided(6, { type: 'model.renamed', data: { model, from: 'digits', to: 'numbers' } }),
  decided(7, { type: 'alias.moved', data: { model, alias: 'champion', version: 2 } }),
  decided(8, { type: 'version.tagged', data: { ...version(2), tags: tags(['b', '2']) } }),
  decided(9, { type: 'version.deleted', data: version(1) }),
];

describe('registered models', () => {
  it('are rows of their own, of their versions and of their aliases, each with its history', async () => {
    await projectThreeWays(tables, HISTORY);
    expect(await reads.findModel('default', 'digits')).toBeNull();
    expect(await reads.findModel('default', 'numbers')).toMatchObject({
      id: model,
      value: {
        name: 'numbers',
        lifecycle: 'active',
        lastVersion: 2,
        tags: tags(['a', '1']),
        createdSeq: 1,
        changedAt: NOW,
      },
    });
    expect(await reads.getModelVersion('default', model, 1)).toBeNull();
    expect(await reads.getModelVersion('default', model, 2)).toMatchObject({
      name: '2',
      value: {
        source: 'models:/m-1',
        location: 's2',
        run: 'r1',
        loggedModel: 'm-1',
        description: 'two',
        stage: 'None',
      },
    });
    expect((await reads.listModelAliases('default', [model])).map(({ name, value }) => [name, value.version])).toEqual([
      ['champion', 2],
    ]);
    const history = await reads.modelHistory('default', model, { limit: 100 });
    expect(history.map(({ kind, name, seq, until }) => [seq, kind, name, until !== null])).toEqual([
      [1, 'model', '', true],
      [2, 'model', '', true],
      [2, 'version', '1', true],
      [3, 'model', '', true],
      [3, 'version', '2', true],
      [4, 'alias', 'champion', true],
      [5, 'model', '', true],
      [5, 'version', '1', true],
      [6, 'model', '', true],
      [7, 'alias', 'champion', false],
      [8, 'version', '2', false],
      [9, 'model', '', false],
    ]);
  });

  it('of a name that was used before are others', async () => {
    const again = { model: 'id-2', name: 'numbers', description: '', tags: [] };
    await projectThreeWays(tables, [
      ...HISTORY,
      decided(10, { type: 'model.deleted', data: { model } }),
      decided(11, { type: 'model.created', data: again }),
    ]);
    expect(await reads.findModel('default', 'numbers')).toMatchObject({ id: 'id-2', value: { lastVersion: 0 } });
    expect((await reads.listModels('default', { limit: 10 })).map(({ id }) => id)).toEqual(['id-2']);
  });

  it('are listed by name, page by page, in their workspace only', async () => {
    const created = (seq: number, name: string, workspace = 'default') =>
      decided(
        seq,
        { type: 'model.created', data: { model: `id-${name}`, name, description: '', tags: [] } },
        workspace,
      );
    await projectThreeWays(tables, [created(1, 'b'), created(2, 'a'), created(3, 'B'), created(1, 'c', 'other')]);
    const page = await reads.listModels('default', { limit: 2 });
    const rest = await reads.listModels('default', { limit: 2, after: page.at(-1)?.value.name });
    expect([page, rest].map((rows) => rows.map(({ value }) => value.name))).toEqual([['B', 'a'], ['b']]);
    expect((await reads.listModels('other', { limit: 2 })).map(({ id }) => id)).toEqual(['id-c']);
  });
});

describe('logged models', () => {
  const loggedModel = 'm-1';

  it('keep their files by path, and what was there before', async () => {
    const stored = (seq: number, path: string, digit: string) =>
      decided(seq, {
        type: 'logged-model.stored',
        data: { loggedModel, path, digest: `sha256:${digit.repeat(64)}`, size: 3, mediaType: 'text/plain' },
      });
    const long = 'é'.repeat(1_000);
    await projectThreeWays(tables, [
      stored(1, 'a', '1'),
      stored(2, 'deep/b_', '2'),
      stored(3, 'deep/bc', '3'),
      stored(4, long, '4'),
      stored(5, 'a', '5'),
      decided(6, { type: 'logged-model.cleared', data: { loggedModel, paths: ['deep/bc', 'never there'] } }),
    ]);
    const listed = await reads.listLoggedModelFiles('default', loggedModel, { prefix: '', limit: 10 });
    expect(listed.map(({ name, value }) => [name, value.digest.at(-1)])).toEqual([
      ['a', '5'],
      ['deep/b_', '2'],
      [long, '4'],
    ]);
    const page = { prefix: 'deep/b_', after: 'a', limit: 1 };
    expect((await reads.listLoggedModelFiles('default', loggedModel, page)).map(({ name }) => name)).toEqual([
      'deep/b_',
    ]);
    expect(await reads.findLoggedModelFile('default', loggedModel, long)).toMatchObject({ value: { size: 3 } });
    for (const [workspace, path] of [
      ['default', 'deep/bc'],
      ['default', 'deep'],
      ['other', 'a'],
    ] as const)
      expect(await reads.findLoggedModelFile(workspace, loggedModel, path)).toBeNull();
  });
  it('show what was decided about them, and what runs have measured', async () => {
    await projectThreeWays(tables, [
      decided(1, {
        type: 'logged-model.created',
        data: { loggedModel, experiment: 'e1', name: 'reader', run: 'r1', params: tags(['depth', '3']), tags: [] },
      }),
      decided(2, { type: 'logged-model.configured', data: { loggedModel, params: tags(['width', '64']) } }),
      decided(3, { type: 'logged-model.tagged', data: { loggedModel, tags: tags(['a', '1']) } }),
      decided(4, { type: 'logged-model.finalized', data: { loggedModel, status: 'ready' } }),
    ]);
    expect(await reads.getLoggedModel('default', loggedModel)).toMatchObject({
      value: {
        experiment: 'e1',
        run: 'r1',
        status: 'ready',
        lifecycle: 'active',
        modelType: null,
        params: tags(['depth', '3'], ['width', '64']),
        tags: tags(['a', '1']),
        createdBy: 'somebody',
      },
    });
  });

  it('get their metrics and the runs that made them from the runs, once each', async () => {
    const point = { loggedModel, key: 'acc', step: '9223372036854775807', time: 5 };
    const dataset = { name: 'digits', digest: 'd1' };
    await projectThreeWays(tables, [
      said('r1', [
        {
          type: 'outputs.made',
          data: { outputs: [{ loggedModel, step: 3 }, { loggedModel, step: 3 }, { loggedModel: 'm-2' }] },
        },
        { type: 'models.used', data: { models: [{ loggedModel: 'm-3' }, { loggedModel: 'm-3' }, { loggedModel }] } },
        {
          type: 'models.measured',
          data: {
            measurements: [
              { ...point, value: 0.5 },
              { ...point, value: 0.5 },
            ],
          },
        },
      ]),
      said('r1', [
        {
          type: 'models.measured',
          data: {
            measurements: [
              { ...point, value: 0.5 },
              { ...point, value: 'NaN', dataset },
            ],
          },
        },
      ]),
      said('r2', [{ type: 'models.measured', data: { measurements: [{ ...point, value: '-Infinity', step: -1 }] } }]),
      said('r2', [{ type: 'models.measured', data: { measurements: [{ ...point, value: 1, step: 2 }] } }], {
        workspace: 'other',
      }),
    ]);
    expect(await reads.listRunOutputs('default', ['r1', 'r2'])).toMatchObject([
      { loggedModel, step: '3' },
      { loggedModel: 'm-2', step: '0' },
    ]);
    expect(await reads.listRunModels('default', ['r1', 'r2'])).toMatchObject({
      read: [
        { run: 'r1', loggedModel },
        { run: 'r1', loggedModel: 'm-3' },
      ],
      made: await reads.listRunOutputs('default', ['r1', 'r2']),
    });
    expect(await reads.listRunModels('other', ['r1'])).toEqual({ read: [], made: [] });
    const metrics = await reads.listModelMetrics('default', [loggedModel]);
    expect(metrics.map(({ run, step, value, datasetName }) => [run, step, value, datasetName])).toEqual([
      ['r2', '-1', -Infinity, null],
      ['r1', point.step, 0.5, null],
      ['r1', point.step, NaN, 'digits'],
    ]);
  });
});
