import {
  loggedModelAnswer,
  modelAnswer,
  modelHistoryAnswer,
  modelsAnswer,
  outputsAnswer,
  versionsAnswer,
} from '@runledger/contracts/http';
import { openScene, read, refusalOf, type Scene } from '../test/query-scene';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
  const decide = (type: Parameters<typeof scene.record.decision>[1], data: object, workspace?: string) =>
    scene.record.decision('model/any', type, data, { workspace });
  const model = 'id-1';
  await decide('model.created', { model, name: 'digits', description: 'reads', tags: [{ key: 'a', value: '1' }] });
  await decide('model.created', { model: 'id-2', name: 'letters', description: '', tags: [] });
  await decide('model.created', { model: 'id-3', name: 'foreign', description: '', tags: [] }, 'other');
  for (const version of [1, 2, 3])
    await decide('version.created', {
      model,
      version,
      source: `s${version}`,
      location: `s${version}`,
      description: '',
      tags: [],
    });
  await decide('version.linked', {
    model,
    version: 3,
    links: [{ kind: 'deployment', uri: 'https://serving.example/digits', version: '12' }],
  });
  await decide('alias.moved', { model, alias: 'champion', version: 1 });
  await decide('alias.moved', { model, alias: 'champion', version: 3 });
  await decide('version.deleted', { model, version: 2 });
  await decide('model.renamed', { model, from: 'digits', to: 'numbers' });
  await decide('logged-model.created', {
    loggedModel: 'm-1',
    experiment: 'e1',
    name: 'reader',
    run: 'r1',
    params: [{ key: 'depth', value: '3' }],
    tags: [],
  });
  await scene.record.facts('r1', [
    { type: 'outputs.made', data: { outputs: [{ loggedModel: 'm-1', step: '9007199254740993' }] } },
    {
      type: 'models.measured',
      data: { measurements: [{ loggedModel: 'm-1', key: 'acc', value: 'NaN', step: 1, time: 2 }] },
    },
  ]);
  await scene.record.projectMetadata();
});
afterAll(() => scene.close());

const body = async (path: string): Promise<unknown> => (await read(scene, path)).body;

describe('registered models', () => {
  it('are listed by name with their aliases, those of the caller only', async () => {
    const first = modelsAnswer.parse(await body('models?limit=1'));
    const next = modelsAnswer.parse(await body(`models?limit=1&page_token=${first.nextPageToken}`));
    expect([...first.models, ...next.models].map(({ name, aliases }) => [name, aliases])).toEqual([
      ['letters', []],
      ['numbers', [{ alias: 'champion', version: 3 }]],
    ]);
    expect(next.nextPageToken).toBeNull();
    expect(refusalOf(await read(scene, 'models/foreign'))).toEqual([404, 'QUERY_NO_MODEL']);
    expect(refusalOf(await read(scene, 'models/digits'))).toEqual([404, 'QUERY_NO_MODEL']);
    expect(modelAnswer.parse(await body('models/numbers'))).toMatchObject({
      id: 'id-1',
      description: 'reads',
      lastVersion: 3,
    });
  });

  it('show their versions, newest first, page by page', async () => {
    const first = versionsAnswer.parse(await body('models/numbers/versions?limit=1'));
    const next = versionsAnswer.parse(await body(`models/numbers/versions?limit=1&page_token=${first.nextPageToken}`));
    expect([...first.versions, ...next.versions].map(({ version, aliases }) => [version, aliases])).toEqual([
      [3, ['champion']],
      [1, []],
    ]);
    expect(await body('models/numbers/versions/1')).toMatchObject({ model: 'numbers', source: 's1', stage: 'None' });
    expect(refusalOf(await read(scene, 'models/numbers/versions/2'))).toEqual([404, 'QUERY_NO_VERSION']);
    expect(await body('models/numbers/aliases/champion')).toMatchObject({
      version: 3,
      links: [{ kind: 'deployment', uri: 'https://serving.example/digits', externalId: null, version: '12' }],
    });
    expect(refusalOf(await read(scene, 'models/numbers/aliases/none'))).toEqual([404, 'QUERY_NO_ALIAS']);
  });

  it('tell what was decided about them and when it held, page by page, nothing twice', async () => {
    const all = modelHistoryAnswer.parse(await body('models/numbers/history'));
    const pages: typeof all.history = [];
    for (let token = ''; ; ) {
      const page = modelHistoryAnswer.parse(await body(`models/numbers/history?limit=2${token}`));
      pages.push(...page.history);
      if (page.nextPageToken === null) break;
      token = `&page_token=${page.nextPageToken}`;
    }
    expect(pages).toEqual(all.history);
    const champion = all.history.filter(({ kind }) => kind === 'alias');
    expect(champion.map(({ state, until }) => [state, until !== null])).toEqual([
      [{ alias: 'champion', version: 1 }, true],
      [{ alias: 'champion', version: 3 }, false],
    ]);
    const names = all.history.flatMap((one) => (one.kind === 'model' ? [one.state.name] : []));
    expect([names[0], names.at(-1)]).toEqual(['digits', 'numbers']);
  });
});

describe('logged models', () => {
  it('are listed by experiment and by run, and show what runs have measured', async () => {
    expect(await body('logged-models?experiment=e1')).toMatchObject({ loggedModels: [{ loggedModel: 'm-1' }] });
    expect(await body('logged-models?run=none')).toEqual({ loggedModels: [], nextPageToken: null });
    expect(loggedModelAnswer.parse(await body('logged-models/m-1'))).toMatchObject({
      status: 'pending',
      params: [{ key: 'depth', value: '3' }],
      metrics: [{ run: 'r1', key: 'acc', value: 'NaN', step: 1, time: 2, dataset: null }],
    });
    expect(refusalOf(await read(scene, 'logged-models/m-1', scene.keys.other))).toEqual([404, 'QUERY_NO_LOGGED_MODEL']);
    expect(outputsAnswer.parse(await body('runs/r1/outputs'))).toEqual({
      run: 'r1',
      outputs: [{ loggedModel: 'm-1', step: '9007199254740993' }],
    });
  });
});
