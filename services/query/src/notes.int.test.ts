import { noteAnswer, noteHistoryAnswer, viewAnswer, viewHistoryAnswer, viewsAnswer } from '@runledger/contracts/http';
import { openScene, read, refusalOf, type Scene } from '../test/query-scene';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
  const { record } = scene;
  await record.facts('r1', [{ type: 'run.started', data: { experiment: 'e1' } }]);
  await record.facts('r2', [{ type: 'run.started', data: { experiment: 'e1' } }]);
  for (const [at, text] of ['first', '**second**', ''].entries())
    await record.decision('note/r1', 'note.written', { run: 'r1', number: at + 1, text });
  const save = (view: string, name: string, search: string) =>
    record.decision(`view/${view}`, 'view.saved', { view, experiment: 'e1', name, search });
  await save('v1', 'worst', '?q=1');
  await save('v2', 'best', '?q=2');
  await save('v1', 'middle', '?q=3');
  await save('v3', 'gone', '');
  await record.decision('view/v3', 'view.deleted', { view: 'v3' });
  await record.projectMetadata();
});
afterAll(() => scene.close());

describe('the note of a run', () => {
  it('is what was written last, with all that it was', async () => {
    const note = noteAnswer.parse((await read(scene, 'runs/r1/note')).body);
    expect(note).toMatchObject({ run: 'r1', text: '', number: 3, writtenBy: expect.any(String) });
    const first = noteHistoryAnswer.parse((await read(scene, 'runs/r1/note/history?limit=2')).body);
    expect(first.history.map(({ text }) => text)).toEqual(['', '**second**']);
    expect(first.history.map(({ until }) => until === null)).toEqual([true, false]);
    const next = await read(scene, `runs/r1/note/history?limit=2&page_token=${first.nextPageToken}`);
    expect(next.body).toMatchObject({ history: [{ text: 'first', number: 1 }], nextPageToken: null });
  });

  it('is empty where nobody wrote, and missing where there is no run', async () => {
    expect((await read(scene, 'runs/r2/note')).body).toMatchObject({ text: '', number: 0, writtenAt: null });
    expect(refusalOf(await read(scene, 'runs/none/note'))).toEqual([404, 'QUERY_NO_RUN']);
    expect(refusalOf(await read(scene, 'runs/r1/note', scene.keys.other))).toEqual([404, 'QUERY_NO_RUN']);
    expect(refusalOf(await read(scene, 'runs/r1/note/history', scene.keys.other))).toEqual([404, 'QUERY_NO_RUN']);
  });
});

describe('saved views', () => {
  it('are listed by name, as they are now', async () => {
    const first = viewsAnswer.parse((await read(scene, 'views?experiment=e1&limit=1')).body);
    expect(first.views.map(({ view, name }) => [view, name])).toEqual([['v2', 'best']]);
    const next = await read(scene, `views?experiment=e1&limit=1&page_token=${first.nextPageToken}`);
    expect(next.body).toMatchObject({ views: [{ view: 'v1', name: 'middle', search: '?q=3' }], nextPageToken: null });
    expect(viewAnswer.parse((await read(scene, 'views/v1')).body).name).toBe('middle');
    expect((await read(scene, 'views?experiment=e1', scene.keys.other)).body).toMatchObject({ views: [] });
    expect(refusalOf(await read(scene, 'views/v1', scene.keys.other))).toEqual([404, 'QUERY_NO_VIEW']);
  });

  it('have a history, which outlives them', async () => {
    const { history } = viewHistoryAnswer.parse((await read(scene, 'views/v1/history')).body);
    expect(history.map(({ name, until }) => [name, until === null])).toEqual([
      ['middle', true],
      ['worst', false],
    ]);
    expect(refusalOf(await read(scene, 'views/v3'))).toEqual([404, 'QUERY_NO_VIEW']);
    const gone = viewHistoryAnswer.parse((await read(scene, 'views/v3/history')).body);
    expect(gone.history).toMatchObject([{ name: 'gone', until: expect.any(String) }]);
    expect(refusalOf(await read(scene, 'views/none/history'))).toEqual([404, 'QUERY_NO_VIEW']);
  });
});
