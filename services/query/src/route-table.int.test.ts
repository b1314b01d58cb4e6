import { type Answer, openScene, post, read, type Scene } from '../test/query-scene';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
  await scene.record.stored({ run: 'mine', key: 'k', points: [{ step: 1, value: 1 }] });
});
afterAll(() => scene.close());

const OPEN = ['/health/live', '/health/ready', '/metrics', '/openapi.json'];
const pathOf = (path: string): string =>
  path.replace(/:\w+/g, 'mine').replace(/\*$/, 'model.bin').replace('/api/v1/', '');
/** Any route: what has a body is sent an empty object, which says nothing yet. */
const call = ({ method, path }: { method: string; path: string }, key: string): Promise<Answer> =>
  method === 'POST' ? post(scene, pathOf(path), {}, key) : read(scene, pathOf(path), key);
const guarded = () => scene.server.routes.filter(({ path }) => !OPEN.includes(path));

it('declares a permission for every route, and opens only those that tell nothing', () => {
  expect(guarded().length).toBeGreaterThan(12);
  expect(guarded().filter(({ access }) => access === undefined || access === 'public')).toEqual([]);
  expect(scene.server.routes.filter(({ spec }) => spec === undefined)).toEqual([]);
  expect(
    scene.server.routes
      .filter(({ access }) => access === 'public')
      .map(({ path }) => path)
      .sort(),
  ).toEqual(OPEN);
});

it('refuses every route without a key, with a wrong, an expired and a revoked one, in the same words', async () => {
  const { expired, revoked } = scene.keys;
  const tries = guarded().flatMap((route) =>
    ['', 'wrong', `rlk_${'A'.repeat(43)}`, expired, revoked].map((key) => call(route, key)),
  );
  const answers = new Set((await Promise.all(tries)).map(({ status, text }) => `${status} ${text}`));
  expect([...answers]).toEqual([expect.stringMatching(/^401 .*ACCESS_BAD_CREDENTIALS/)]);
});

it('refuses every route to a key without the permission', async () => {
  for (const route of guarded())
    expect([route.path, (await call(route, scene.keys.writer)).status]).toEqual([route.path, 403]);
});

it('shows a foreign caller nothing of a run, on any route', async () => {
  const ofRun = guarded().filter(({ path }) => path.includes(':run'));
  expect(ofRun.length).toBeGreaterThan(8);
  for (const { path } of ofRun) {
    const query = path.includes('series') ? '?key=k' : '';
    const foreign = await read(scene, pathOf(path) + query, scene.keys.other);
    expect([path, foreign.status]).toEqual([path, 404]);
    expect(foreign.text).not.toContain('mine');
  }
});

it('documents every route', async () => {
  const document = (await (await fetch(`${scene.server.url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { summary?: string; 'x-permission'?: string }>>;
  };
  for (const { method, path, access } of scene.server.routes) {
    const described = document.paths[path.replace(/:(\w+)/g, '{$1}').replace(/\*$/, '{path}')]?.[method.toLowerCase()];
    expect([path, typeof described?.summary]).toEqual([path, 'string']);
    expect(described?.['x-permission']).toBe(typeof access === 'object' ? access.permission : undefined);
  }
});
