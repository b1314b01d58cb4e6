import { boardAnswer, boardHistoryAnswer, boardsAnswer, commentsAnswer } from '@runledger/contracts/http';
import { openScene, read, refusalOf, type Scene } from '../test/query-scene';

const text = (panel: string, markdown: string) => ({
  panel,
  title: '',
  width: 12,
  height: 2,
  content: { kind: 'text', markdown },
});
const onChart = { kind: 'chart', id: 'r1', metric: 'val/loss' };

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
  const { record } = scene;
  const save = (board: string, number: number, name: string, panels: object[] = []) =>
    record.decision(`board/${board}`, 'board.saved', { board, number, form: 'report', name, panels });
  await save('b1', 1, 'Weekly', [text('p1', 'one')]);
  await save('b2', 1, 'Other');
  await save('b1', 2, 'Weekly', [text('p1', 'two'), text('p2', 'more')]);
  await save('b3', 1, 'Gone');
  await record.decision('board/b3', 'board.deleted', { board: 'b3' });
  const say = (comment: string, about: object, said: string, mentions: string[] = []) =>
    record.decision(`comment/${comment}`, 'comment.written', { comment, about, text: said, mentions });
  await say('c1', { kind: 'run', id: 'r1' }, 'why?');
  await say('c2', onChart, 'a spike, @ada', ['ada']);
  await record.decision('comment/c2', 'comment.mentioned', { comment: 'c2', about: onChart, who: 'ada' });
  await say('c3', { kind: 'version', id: 'digits', version: 3 }, 'ship it');
  await say('c4', { kind: 'board', id: 'b1' }, 'nice');
  await say('c1', { kind: 'run', id: 'r1' }, 'why, @ada?', ['ada']);
  await say('c5', { kind: 'run', id: 'r1' }, 'oops');
  await record.decision('comment/c5', 'comment.deleted', { comment: 'c5' });
  await record.projectMetadata();
});
afterAll(() => scene.close());

describe('dashboards and reports', () => {
  it('are listed without their panels, page by page', async () => {
    const first = boardsAnswer.parse((await read(scene, 'boards?limit=1')).body);
    expect(first.boards).toMatchObject([{ board: 'b1', name: 'Weekly', number: 2, panels: 2, updatedBy: 'u1' }]);
    const next = await read(scene, `boards?limit=1&page_token=${first.nextPageToken}`);
    expect(next.body).toMatchObject({ boards: [{ board: 'b2' }], nextPageToken: null });
    expect((await read(scene, 'boards', scene.keys.other)).body).toMatchObject({ boards: [] });
  });

  it('are read as they are, and as they were saved once', async () => {
    const now = boardAnswer.parse((await read(scene, 'boards/b1')).body);
    expect(now.panels.map(({ panel }) => panel)).toEqual(['p1', 'p2']);
    const then = boardAnswer.parse((await read(scene, 'boards/b1?number=1')).body);
    expect(then).toMatchObject({ number: 1, panels: [{ content: { markdown: 'one' } }], until: expect.any(String) });
    expect(refusalOf(await read(scene, 'boards/b1?number=9'))).toEqual([404, 'QUERY_NO_BOARD']);
    expect(refusalOf(await read(scene, 'boards/b1', scene.keys.other))).toEqual([404, 'QUERY_NO_BOARD']);
  });

  it('have a history, which outlives them', async () => {
    const { history } = boardHistoryAnswer.parse((await read(scene, 'boards/b1/history')).body);
    expect(history.map(({ number, until }) => [number, until === null])).toEqual([
      [2, true],
      [1, false],
    ]);
    expect(refusalOf(await read(scene, 'boards/b3'))).toEqual([404, 'QUERY_NO_BOARD']);
    expect((await read(scene, 'boards/b3/history')).body).toMatchObject({ history: [{ name: 'Gone' }] });
    expect(refusalOf(await read(scene, 'boards/none/history'))).toEqual([404, 'QUERY_NO_BOARD']);
  });

  it.each(['boards/b1?number=0', 'boards/b1?number=x', 'boards/b1?number=99999999999', 'boards?limit=0', 'boards/%00'])(
    'refuses %s',
    async (path) => expect(refusalOf(await read(scene, path))[0]).toBe(400),
  );
});

describe('comments', () => {
  const found = async (query: string, key?: string): Promise<string[]> =>
    commentsAnswer.parse((await read(scene, `comments?${query}`, key)).body).comments.map(({ comment }) => comment);

  it('are found by what they are about and by whom they name, the newest first', async () => {
    expect(await found('run=r1')).toEqual(['c2', 'c1']);
    expect(await found('run=r1&metric=val/loss')).toEqual(['c2']);
    expect(await found('model=digits')).toEqual(['c3']);
    expect(await found('model=digits&version=2')).toEqual([]);
    expect(await found('board=b1')).toEqual(['c4']);
    expect(await found('mentions=ada')).toEqual(['c2', 'c1']);
    expect(await found('run=r1', scene.keys.other)).toEqual([]);
  });

  it('say who wrote them, and are there in other words', async () => {
    const answer = await read(scene, 'comments/c1');
    expect(answer.body).toMatchObject({ text: 'why, @ada?', author: 'u1', mentions: ['ada'] });
    expect(refusalOf(await read(scene, 'comments/c5'))).toEqual([404, 'QUERY_NO_COMMENT']);
    expect(refusalOf(await read(scene, 'comments/c1', scene.keys.other))).toEqual([404, 'QUERY_NO_COMMENT']);
  });

  it('come page by page', async () => {
    const { nextPageToken } = commentsAnswer.parse((await read(scene, 'comments?limit=3')).body);
    expect(await found(`limit=3&page_token=${nextPageToken}`)).toEqual(['c1']);
  });

  it.each(['run=r1&board=b1', 'metric=loss', 'version=1', 'model=a/b', 'run=', 'mentions=a%20b', 'page_token=x'])(
    'refuses %s',
    async (query) => expect(refusalOf(await read(scene, `comments?${query}`))[0]).toBe(400),
  );
});
