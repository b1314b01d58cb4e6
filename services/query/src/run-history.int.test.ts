import { type RunHistoryAnswer, runHistoryAnswer } from '@runledger/contracts/http';
import { openScene, read, refusalOf, type Scene } from '../test/query-scene';

type Change = RunHistoryAnswer['changes'][number];
let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
  const { record } = scene;
  const tag = (value: string) => [{ type: 'tags.set' as const, data: { tags: [{ key: 'stage', value }] } }];
  await record.facts('r1', [{ type: 'run.started', data: { experiment: 'e1', name: 'first' } }]);
  await record.facts('r1', tag('draft'));
  await record.facts('r1', tag('draft'));
  await record.facts('r1', tag('good'));
  await record.facts('r1', [{ type: 'run.updated', data: { name: 'renamed' } }]);
  await record.facts('r1', [{ type: 'tags.deleted', data: { keys: ['stage'] } }]);
  await record.facts('r1', tag('again'));
  await record.facts('r2', tag('of another'));
  await record.projectMetadata();
});
afterAll(() => scene.close());

const history = async (query = ''): Promise<Change[]> => {
  const changes: Change[] = [];
  let token = '';
  do {
    const answer = await read(scene, `runs/r1/history?limit=2${query}${token}`);
    const page = runHistoryAnswer.parse(answer.body);
    changes.push(...page.changes);
    token = page.nextPageToken === null ? '' : `&page_token=${page.nextPageToken}`;
  } while (token !== '');
  return changes;
};
const told = ({ kind, name, before, after }: Change): unknown[] => [
  kind,
  name,
  before?.['value'] ?? before?.['name'],
  after?.['value'] ?? after?.['name'],
];
const ALL = [
  ['tag', 'stage', undefined, 'again'],
  ['tag', 'stage', 'good', undefined],
  ['run', '', 'first', 'renamed'],
  ['tag', 'stage', 'draft', 'good'],
  ['tag', 'stage', undefined, 'draft'],
  ['run', '', undefined, 'first'],
];

it('tells every change, newest first, page by page; what was said again is none', async () => {
  const changes = await history();
  expect(changes.map(told)).toEqual(ALL);
  expect(changes.every(({ actor }) => actor !== '')).toBe(true);
});

it('is of runs that there are', async () => {
  expect(refusalOf(await read(scene, 'runs/none/history'))).toEqual([404, 'QUERY_NO_RUN']);
  expect(refusalOf(await read(scene, 'runs/r1/history', scene.keys.other))).toEqual([404, 'QUERY_NO_RUN']);
  expect(refusalOf(await read(scene, 'runs/r1/history?page_token=forged'))[0]).toBe(400);
});
