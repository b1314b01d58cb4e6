import { searchAnswer } from '@runledger/contracts/http';
import { createPageTokens } from '@runledger/reads';
import { recordExamples } from '../test/example-world';
import { openScene, PAGE_SECRET, post, read, refusalOf, type Scene } from '../test/query-scene';

// What a token says holds for the question that it was given for, and for no other.
let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
  await recordExamples(scene);
});
afterAll(() => scene.close());

const REFUSED = [400, 'READS_BAD_PAGE_TOKEN'];
type Body = Readonly<Record<string, unknown>>;
const ORDERED: Body = { orderBy: ['metrics.loss', 'start_time DESC', 'params.lr'], limit: 1 };
const tokenOf = async (body: Body, query = ''): Promise<string> => {
  const { nextPageToken } = searchAnswer.parse((await post(scene, `search${query}`, body)).body);
  if (nextPageToken === null) throw new Error('expected a second page');
  return nextPageToken;
};

describe('a page token of a search', () => {
  it.each<[string, Body]>([
    ['filter', { filter: 'metrics.loss < 10' }],
    ['filter that says the same in other words', { filter: ' ' }],
    ['order', { orderBy: ['metrics.loss', 'params.lr', 'start_time DESC'] }],
    ['direction', { orderBy: ['metrics.loss DESC', 'start_time DESC', 'params.lr'] }],
    ['shorter order', { orderBy: ['metrics.loss'] }],
    ['experiment', { experiments: ['mnist'] }],
    ['project', { projects: ['default'] }],
    ['lifecycle', { lifecycle: 'all' }],
  ])('is refused with another %s, in words that tell what to do', async (_what, changed) => {
    const pageToken = await tokenOf(ORDERED);
    const answer = await post(scene, 'search', { ...ORDERED, ...changed, pageToken });
    expect(refusalOf(answer)).toEqual(REFUSED);
    expect(answer.text).toContain('begin with the first page');
  });

  it('is refused as of another moment, and in another workspace', async () => {
    const then = new Date().toISOString();
    const [now, past] = [await tokenOf(ORDERED), await tokenOf(ORDERED, `?as_of=${then}`)];
    const asked = async (pageToken: string, query: string, key?: string) =>
      refusalOf(await post(scene, `search${query}`, { ...ORDERED, pageToken }, key));
    expect(await asked(now, `?as_of=${then}`)).toEqual(REFUSED);
    expect(await asked(past, '')).toEqual(REFUSED);
    expect(await asked(past, `?as_of=${new Date(Date.parse(then) - 1).toISOString()}`)).toEqual(REFUSED);
    expect(await asked(now, '', scene.keys.other)).toEqual(REFUSED);
  });

  it('goes on with other columns and page sizes: those are no part of the list', async () => {
    const pageToken = await tokenOf(ORDERED);
    const answer = await post(scene, 'search', { ...ORDERED, limit: 7, columns: { params: 'all' }, pageToken });
    expect(searchAnswer.parse(answer.body).runs).toHaveLength(1);
  });

  it('is refused where a release before sealed another place for the same list', async () => {
    // The same key and the same list as the server's: what differs is what a place is made of.
    const list = ['search', 'default', '', ORDERED['orderBy'], undefined, undefined, 'active', undefined];
    const sealed = (place: unknown): string => createPageTokens(PAGE_SECRET).seal(list, place);
    const ask = (place: unknown) => post(scene, 'search', { ...ORDERED, pageToken: sealed(place) });
    const [body = ''] = (await tokenOf(ORDERED)).split('.');
    const place = JSON.parse(Buffer.from(body, 'base64url').toString()) as Array<string | null>;
    expect(searchAnswer.parse((await ask(place)).body).runs).toHaveLength(1);
    const [loss, start, lr, at, run] = place;
    const others: unknown[] = [
      ['0', loss, '0', start, '0', lr, at, run], // before ADR 25 each field had two parts
      place.slice(1),
      [...place, run],
      ['low', start, lr, at, run],
      [loss, '2026-01-02', lr, at, run],
      [loss, start, lr, '1790000000000', run],
      [loss, start, lr, null, run],
      [loss, start, lr, at, null],
      [0.5, start, lr, at, run],
      { loss, run },
      'r',
      null,
    ];
    for (const other of others) expect([other, ...refusalOf(await ask(other))]).toEqual([other, ...REFUSED]);
  });
});

it('is refused by every list that it was not given for', async () => {
  const { reader, admin } = scene.keys;
  const ofSearch = await tokenOf(ORDERED);
  const { paths } = (await (await fetch(`${scene.server.url}/openapi.json`)).json()) as {
    paths: Record<string, { get?: { parameters: Array<{ name: string; in: string; example?: unknown }> } }>;
  };
  const lists = Object.entries(paths).flatMap(([path, { get }]) =>
    get?.parameters.some(({ name }) => name === 'page_token') ? [{ path, parameters: get.parameters }] : [],
  );
  expect(lists.length).toBeGreaterThan(20);
  for (const { path, parameters } of lists) {
    const given = parameters.filter(({ example, name }) => example !== undefined && name !== 'page_token');
    const filled = given
      .filter((one) => one.in === 'path')
      .reduce((url, { name, example }) => url.replace(`{${name}}`, encodeURIComponent(String(example))), path)
      .replace('/api/v1/', '');
    const query = new URLSearchParams(
      given.filter((one) => one.in === 'query').map(({ name, example }): [string, string] => [name, String(example)]),
    );
    query.set('page_token', ofSearch);
    const answers = await Promise.all([reader, admin].map((key) => read(scene, `${filled}?${query.toString()}`, key)));
    // Some lists are shown to admins only.
    const answer = answers.find(({ status }) => status !== 403);
    if (answer === undefined) throw new Error(`nobody may read ${path}`);
    expect([path, answer.status, answer.text]).toEqual([path, 400, expect.stringContaining('READS_BAD_PAGE_TOKEN')]);
  }
});
