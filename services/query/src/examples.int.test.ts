import { writeFileSync } from 'node:fs';
import { createKeyStore } from '@runledger/access';
import type { Route } from '@runledger/http';
import { temporaryFolder } from '@runledger/testkit';
import { recordExamples } from '../test/example-world';
import { openScene, type Scene } from '../test/query-scene';
import { type AnswerFormat, SHAPES } from './statement-answers';

type Schema = Readonly<{ example?: unknown; properties?: { format?: { enum?: AnswerFormat[] } } }>;
type Operation = Readonly<{
  parameters: ReadonlyArray<Readonly<{ name: string; in: 'path' | 'query'; required: boolean; example?: unknown }>>;
  requestBody?: { content: Record<string, { schema: Schema }> };
}>;

let scene: Scene;
let key: string;
let paths: Record<string, Record<string, Operation>>;
beforeAll(async () => {
  scene = await openScene();
  await recordExamples(scene);
  const permissions = ['runs:read', 'artifacts:read', 'webhooks:read', 'access:read', 'admin'] as const;
  ({ key } = await createKeyStore(scene.source).create({ workspace: 'default', label: 'all', permissions }));
  ({ paths } = (await (await fetch(`${scene.server.url}/openapi.json`)).json()) as { paths: typeof paths });
});
afterAll(() => scene.close());

const documented = (path: string): string => path.replace(/:(\w+)/g, '{$1}').replace(/\*$/, '{path}');
const urlOf = (path: string, { parameters }: Operation): string => {
  const given = parameters.filter(({ example }) => example !== undefined);
  const query = given
    .filter((one) => one.in === 'query')
    .map(({ name, example }): [string, string] => [name, String(example)]);
  const filled = given
    .filter((one) => one.in === 'path')
    .reduce((url, { name, example }) => url.replace(`{${name}}`, encodeURIComponent(String(example))), path);
  return `${filled}?${new URLSearchParams(query).toString()}`;
};

/** Asks what the document says, as somebody who knows nothing but the document. */
async function ask({ method, path }: Route, format?: AnswerFormat): Promise<Response> {
  const operation = paths[documented(path)]?.[method.toLowerCase()] as Operation;
  const without = operation.parameters.filter(({ required, example }) => required && example === undefined);
  expect([path, 'parameters without an example', without.map(({ name }) => name)]).toEqual([
    path,
    expect.anything(),
    [],
  ]);
  const body = operation.requestBody?.content['application/json']?.schema.example;
  if (operation.requestBody !== undefined) expect([path, typeof body]).toEqual([path, 'object']);
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const request =
    body === undefined
      ? { headers: { authorization: headers.authorization } }
      : { headers, body: JSON.stringify(format === undefined ? body : { ...body, format }) };
  return fetch(scene.server.url + urlOf(documented(path), operation), { method, ...request });
}

it('answers every documented example with what the document promises', async () => {
  const routes = scene.server.routes.filter(({ path }) => path.startsWith('/api/v1/'));
  expect(routes.length).toBeGreaterThan(30);
  for (const route of routes) {
    const answer = await ask(route);
    const response = route.spec?.response;
    const isJson = typeof response === 'object';
    const text = answer.headers.get('content-type') === 'text/event-stream' ? '' : await answer.text();
    if (text === '') await answer.body?.cancel();
    expect([route.path, answer.status, text.slice(0, 300)]).toEqual([route.path, 200, expect.any(String)]);
    if (isJson)
      expect([route.path, response.safeParse(JSON.parse(text)).error?.issues]).toEqual([route.path, undefined]);
  }
});

it('answers them in every format that the document names, as tables that the engine reads and that have the same rows', async () => {
  const folder = temporaryFolder('formats');
  /** An implementation of the formats that shares nothing with what is documented. */
  const rowsIn = async (bytes: Buffer, format: AnswerFormat): Promise<number> => {
    const file = `${folder.path}/answer.${format}`;
    writeFileSync(file, bytes);
    const [found] = await scene.clickhouse.rows<{ n: string }>(
      `select count() as n from file('${file}', '${SHAPES[format].engine}')`,
    );
    return Number(found?.n);
  };
  let answered = 0;
  try {
    for (const route of scene.server.routes) {
      const operation = paths[documented(route.path)]?.[route.method.toLowerCase()];
      const formats = operation?.requestBody?.content['application/json']?.schema.properties?.format?.enum ?? [];
      const counts: number[] = [];
      for (const format of formats.filter((one) => one !== 'json')) {
        const answer = await ask(route, format);
        expect([route.path, format, answer.status, answer.headers.get('content-type')]).toEqual([
          ...[route.path, format, 200],
          SHAPES[format].mediaType,
        ]);
        counts.push(await rowsIn(Buffer.from(await answer.arrayBuffer()), format));
        answered++;
      }
      expect([route.path, counts]).toEqual([route.path, counts.map(() => counts[0])]);
      expect([route.path, Math.min(1, ...counts)]).toEqual([route.path, 1]);
    }
  } finally {
    folder.remove();
  }
  // Curves in Arrow; SQL and export in four formats each.
  expect(answered).toBe(9);
});

describe('SQL in a text', () => {
  const HARMLESS = 'nothing has this name, not even by chance';
  const HOSTILE = "' OR 1 = 1; drop schema read cascade; -- ";
  /** The same value, as often as it has texts, each time with another one of them replaced. */
  const variants = (value: unknown, by: string): unknown[] => {
    if (typeof value === 'string') return [by];
    if (Array.isArray(value)) {
      const list: readonly unknown[] = value;
      return list.flatMap((one, i) => variants(one, by).map((other) => list.with(i, other)));
    }
    if (value === null || typeof value !== 'object') return [];
    return Object.entries(value).flatMap(([name, one]) =>
      variants(one, by).map((other) => ({ ...value, [name]: other })),
    );
  };
  /** Everything that a caller may write into a request, one after the other, as requests. */
  function requests({ method, path }: Route, by: string): Array<readonly [url: string, request: RequestInit]> {
    const operation = paths[documented(path)]?.[method.toLowerCase()] as Operation;
    const { parameters } = operation;
    const filled = parameters.map((_, i) =>
      urlOf(documented(path), {
        ...operation,
        parameters: parameters.map((one, at) => (at === i ? { ...one, example: by } : one)),
      }),
    );
    const body = operation.requestBody?.content['application/json']?.schema.example;
    const headers = {
      authorization: `Bearer ${key}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const sent = (one: unknown): RequestInit => ({
      ...{ method, headers },
      ...(one === undefined ? {} : { body: JSON.stringify(one) }),
    });
    return [
      ...filled.map((url) => [url, sent(body)] as const),
      ...variants(body, by).map((one) => [urlOf(documented(path), operation), sent(one)] as const),
    ];
  }
  async function answers(route: Route, by: string): Promise<string[]> {
    const told: string[] = [];
    for (const [url, request] of requests(route, by)) {
      const answer = await fetch(scene.server.url + url, request);
      const text = await answer.text();
      expect([route.path, url, answer.status < 500]).toEqual([route.path, url, true]);
      // What is refused may be refused by its form, and a digest is of another text.
      told.push(answer.status === 200 ? text.replaceAll(by, '').replace(/sha256:[0-9a-f]{64}/g, '') : 'refused');
    }
    return told;
  }

  it('is answered as any name that is not there, wherever it is written', async () => {
    const routes = scene.server.routes.filter(({ path }) => path.startsWith('/api/v1/') && !path.endsWith('/live'));
    let answered = 0;
    for (const route of routes) {
      const [harmless, hostile] = [await answers(route, HARMLESS), await answers(route, HOSTILE)];
      expect([route.path, hostile]).toEqual([route.path, harmless]);
      answered += hostile.filter((one) => one !== 'refused').length;
    }
    expect(answered).toBeGreaterThan(20);
    for (const route of routes) expect([route.path, (await ask(route)).status]).toEqual([route.path, 200]);
  });
});
