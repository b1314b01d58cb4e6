import {
  boardAnswer,
  boardHistoryAnswer,
  boardsAnswer,
  commentAnswer,
  commentsAnswer,
  noteAnswer,
  noteHistoryAnswer,
  viewAnswer,
  viewHistoryAnswer,
  viewsAnswer,
} from '@runledger/contracts/http';
import { openScene, read, type Scene } from '../test/query-scene';
import type { Decided } from '../test/random-decisions';
import { recordRandomWords } from '../test/random-words';

const RUNS = ['r1', 'r2', 'r3'];
let scene: Scene;
let decided: Decided[];
beforeAll(async () => {
  scene = await openScene();
  await scene.record.decision('experiment/e1', 'experiment.created', {
    experiment: 'e1',
    project: 'default',
    name: 'first',
  });
  for (const run of RUNS) await scene.record.facts(run, [{ type: 'run.started', data: { experiment: 'e1' } }]);
  decided = await recordRandomWords(scene, RUNS, 3, 160);
  await scene.record.projectMetadata();
}, 120_000);
afterAll(() => scene.close());

type Data = Decided['data'];
const body = async (path: string): Promise<unknown> => (await read(scene, path)).body;
/** What was said of each subject of a kind, oldest first; null: it was taken away. */
function said(kind: string): Map<string, Array<Data | null>> {
  const all = new Map<string, Array<Data | null>>();
  for (const { subject, type, data } of decided)
    if (subject.startsWith(`${kind}/`)) {
      const id = subject.slice(kind.length + 1);
      all.set(id, [...(all.get(id) ?? []), type.endsWith('.deleted') ? null : data]);
    }
  return all;
}
/** As it is now, of those that are there, by id. */
const now = (kind: string): Array<readonly [string, Data]> =>
  [...said(kind)]
    .flatMap(([id, states]) => (states.at(-1) ? [[id, states.at(-1) as Data] as const] : []))
    .sort(([a], [b]) => (a < b ? -1 : 1));
/** Each time that it was written, the newest first. */
const states = (kind: string, id: string): Data[] =>
  (said(kind).get(id) ?? []).filter((state): state is Data => state !== null).reverse();

it('shows each run’s note, and every wording that it had', async () => {
  for (const run of RUNS) {
    const all = said('note').get(run) ?? [];
    const last = all.at(-1);
    const { text, number } = noteAnswer.parse(await body(`runs/${run}/note`));
    expect([run, text, number]).toEqual([run, last?.['text'] ?? '', last?.['number'] ?? 0]);
    const { history } = noteHistoryAnswer.parse(await body(`runs/${run}/note/history`));
    expect(history.map((one) => [one.number, one.text])).toEqual(
      states('note', run).map((data) => [data['number'], data['text']]),
    );
  }
});

it('lists comments of a run and of its charts, and shows those only that are there', async () => {
  const there = now('comment');
  for (const run of RUNS) {
    const { comments } = commentsAnswer.parse(await body(`comments?run=${run}`));
    const own = there.filter(([, { about }]) => (about as { id: string }).id === run);
    expect(new Map(comments.map((one) => [one.comment, [one.about, one.text, one.mentions]]))).toEqual(
      new Map(own.map(([id, data]) => [id, [data['about'], data['text'], data['mentions']]])),
    );
    const ofChart = commentsAnswer.parse(await body(`comments?run=${run}&metric=loss`)).comments;
    const expected = own.filter(([, { about }]) => (about as { kind: string }).kind === 'chart').map(([id]) => id);
    expect(ofChart.map(({ comment }) => comment).sort()).toEqual(expected);
  }
  for (const id of said('comment').keys()) {
    const data = there.find(([known]) => known === id)?.[1];
    const answer = await read(scene, `comments/${id}`);
    expect([id, answer.status]).toEqual([id, data === undefined ? 404 : 200]);
    if (data !== undefined) expect(commentAnswer.parse(answer.body).text).toBe(data['text']);
  }
});

it('lists boards, shows each as it is and as it was saved, and every name that it had', async () => {
  const { boards } = boardsAnswer.parse(await body('boards'));
  const short = (data: Data) => [
    data['board'],
    data['form'],
    data['name'],
    data['number'],
    (data['panels'] as []).length,
  ];
  expect(boards.map((one) => [one.board, one.form, one.name, one.number, one.panels]).sort()).toEqual(
    now('board').map(([, data]) => short(data)),
  );
  for (const [id, data] of now('board')) {
    expect(boardAnswer.parse(await body(`boards/${id}`))).toMatchObject(data);
    const { history } = boardHistoryAnswer.parse(await body(`boards/${id}/history`));
    expect(history.map((one) => [one.board, one.form, one.name, one.number, one.panels])).toEqual(
      states('board', id).map(short),
    );
    for (const saved of states('board', id))
      expect(boardAnswer.parse(await body(`boards/${id}?number=${String(saved['number'])}`))).toMatchObject(saved);
  }
});

it('lists the views of an experiment, and every state that each had', async () => {
  const { views } = viewsAnswer.parse(await body('views?experiment=e1'));
  const short = (one: Data) => ({
    view: one['view'],
    experiment: one['experiment'],
    name: one['name'],
    search: one['search'],
  });
  expect(views.map((one) => short(one)).sort((a, b) => (String(a.view) < String(b.view) ? -1 : 1))).toEqual(
    now('view').map(([, data]) => short(data)),
  );
  for (const [id, data] of now('view')) {
    expect(short(viewAnswer.parse(await body(`views/${id}`)))).toEqual(short(data));
    const { history } = viewHistoryAnswer.parse(await body(`views/${id}/history`));
    expect(history.map((one) => short(one))).toEqual(states('view', id).map(short));
  }
});
