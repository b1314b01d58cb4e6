import { metricNamesAnswer, metricsAnswer } from '@runledger/contracts/http';
import { openScene, read, type Scene } from '../test/query-scene';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
  const { record } = scene;
  for (const [run, experiment, keys] of [
    ['r1', 'e1', ['train/Loss', 'val/loss', 'val/acc', '100%']],
    ['r2', 'e2', ['val/loss', 'ÄRGER']],
  ] as const) {
    await record.facts(run, [{ type: 'run.started', data: { experiment } }]);
    for (const key of keys) await record.stored({ run, key, points: [{ step: 1, value: 1 }] });
  }
  await record.projectMetadata();
});
afterAll(() => scene.close());

const namesOf = async (query: string) => metricNamesAnswer.parse((await read(scene, `metric-names${query}`)).body);

describe('names of metrics', () => {
  it('of a run are found by any part of them, whatever the case', async () => {
    const found = async (search: string) =>
      metricsAnswer.parse((await read(scene, `runs/r1/metrics?search=${search}`)).body).metrics.map(({ key }) => key);
    expect(await found('LOSS')).toEqual(['train/Loss', 'val/loss']);
    expect(await found('val/')).toEqual(['val/acc', 'val/loss']);
    expect(await found('%25')).toEqual(['100%']);
    expect(await found('_')).toEqual([]);
  });

  it('are found by how they begin, in one case', async () => {
    const found = async (prefix: string) =>
      metricsAnswer.parse((await read(scene, `runs/r1/metrics?prefix=${prefix}`)).body).metrics.map(({ key }) => key);
    expect(await found('val/')).toEqual(['val/acc', 'val/loss']);
    expect(await found('VAL')).toEqual([]);
    expect(await found('100%25')).toEqual(['100%']);
    expect((await namesOf('?prefix=%C3%84')).names).toEqual(['ÄRGER']);
    expect((await namesOf('?experiment=e1&prefix=val&search=LOSS')).names).toEqual(['val/loss']);
  });

  it('of a workspace, an experiment and a project are listed in their order, page by page', async () => {
    const first = await namesOf('?limit=3');
    expect(first.names).toEqual(['100%', 'train/Loss', 'val/acc']);
    const second = await namesOf(`?limit=3&page_token=${first.nextPageToken}`);
    expect(second).toEqual({ names: ['val/loss', 'ÄRGER'], nextPageToken: null });
    expect((await namesOf('?experiment=e2&search=%C3%A4r')).names).toEqual(['ÄRGER']);
    expect((await namesOf('?experiment=e1&search=val')).names).toEqual(['val/acc', 'val/loss']);
    expect((await namesOf('?project=default')).names).toHaveLength(5);
    expect((await namesOf('?project=none')).names).toEqual([]);
  });

  it('of one workspace are shown to no other', async () => {
    expect((await read(scene, 'metric-names', scene.keys.other)).body).toEqual({ names: [], nextPageToken: null });
  });
});
