import { openScene, read, type Scene } from '../test/query-scene';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
  await scene.record.stored({ run: 'r', key: 'k', points: [{ step: 1, value: 1 }] });
  await scene.record.facts('r', [{ type: 'tags.set', data: { tags: [{ key: 'a', value: '1' }] } }]);
  await scene.record.projectMetadata();
});
afterAll(() => scene.close());

const HOSTILE = [
  '',
  '%00',
  'a%00b',
  "'",
  "';drop schema read cascade;--",
  '{k:UInt32}',
  '$1',
  '%25',
  '%FF%FE',
  '%ED%A0%80',
  '__proto__',
  'constructor',
  '-1',
  '1e999',
  'NaN',
  '9223372036854775808',
  '-9223372036854775809',
  '99999999999999999999999999',
  '..%2f..%2fetc%2fpasswd',
  '%0d%0aX-Injected:%20yes',
  '%F0%9F%92%A9',
  'x'.repeat(5_000),
];
const MEMBERS = [
  'limit',
  'page_token',
  'at-least',
  'strong',
  'wait',
  'key',
  'from',
  'to',
  'buckets',
  'name',
  'project',
  'experiment',
  'lifecycle',
  '__proto__',
];
const PATHS = ['experiments', 'experiments/e', 'experiments/e/runs', 'runs', 'runs/r', 'positions'].concat(
  ['params', 'tags', 'inputs', 'artifacts', 'artifacts/a', 'metrics', 'series', 'series/buckets', 'receipts'].map(
    (part) => `runs/r/${part}`,
  ),
);

/** Every status that one way of asking brings about. */
async function statusesOf(paths: readonly string[]): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  for (let i = 0; i < paths.length; i += 50)
    for (const path of paths.slice(i, i + 50).map((one) => [one, read(scene, one)] as const)) {
      const { status, headers } = await path[1];
      expect(headers.get('x-injected')).toBeNull();
      found.set(status, path[0]);
    }
  return found;
}

it('answers hostile queries with what is wrong, and never as a bug of ours', async () => {
  const paths = PATHS.flatMap((path) =>
    MEMBERS.flatMap((member) =>
      HOSTILE.map(
        (value) => `${path}?${path.includes('series') && member !== 'key' ? 'key=k&' : ''}${member}=${value}`,
      ),
    ),
  );
  const statuses = await statusesOf(paths);
  expect([...statuses].filter(([status]) => ![200, 400, 404].includes(status))).toEqual([]);
});

it('answers hostile paths with what is wrong, and never as a bug of ours', async () => {
  const values = HOSTILE.filter((value) => value !== '');
  const paths = values.flatMap((value) => [
    `runs/${value}`,
    `runs/${value}/series?key=k`,
    `runs/r/artifacts/${value}`,
    `experiments/${value}`,
    value,
  ]);
  const statuses = await statusesOf(paths);
  expect([...statuses].filter(([status]) => ![400, 404].includes(status))).toEqual([]);
});

it('answers 431 to a URL that is too long', async () => {
  expect((await read(scene, `runs?name=${'x'.repeat(20_000)}`)).status).toBe(431);
});

it('answers HEAD as it does GET, without the body', async () => {
  for (const path of ['runs', 'runs/r', 'runs/r/series?key=k']) {
    const headers = { authorization: `Bearer ${scene.keys.reader}` };
    const answer = await fetch(`${scene.server.url}/api/v1/${path}`, { method: 'HEAD', headers });
    expect([path, answer.status, await answer.text()]).toEqual([path, 200, '']);
  }
});

it('changes nothing, whatever it is asked with', async () => {
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
    const headers = { authorization: `Bearer ${scene.keys.reader}` };
    const answer = await fetch(`${scene.server.url}/api/v1/runs/r`, { method, headers });
    expect([method, answer.status]).toEqual([method, 405]);
  }
});
