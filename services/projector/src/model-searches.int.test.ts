import { compareItems, type Item, matches, parseFilter, parseOrder } from '@runledger/filter';
import { createLoggedModelSearch, createModelSearch } from '@runledger/postgres';
import { decided, inLog, openTables, said, type Tables } from './metadata-tables.contract';

// What the searches of models find on the projected rows is what the plain evaluation of the filter finds.
let tables: Tables;
const NOW = Date.parse('2026-01-02T03:04:05.000Z');
const tagsOf = (tags: Record<string, string>) => Object.entries(tags).map(([key, value]) => ({ key, value }));
const MODELS: ReadonlyArray<readonly [name: string, tags: Record<string, string>]> = [
  ['digits', { team: 'x', "o'dd": "it's" }],
  ['Digits 2', { team: 'y' }],
  ['letters', {}],
  ['prompt', { 'mlflow.prompt.is_prompt': 'true' }],
];
const VERSIONS: ReadonlyArray<Readonly<{ model: number; number: number; source: string; run?: string; tag: string }>> =
  [
    { model: 0, number: 1, source: 's3://a', run: 'r1', tag: 'x' },
    { model: 0, number: 2, source: 's3://b', tag: 'y' },
    { model: 1, number: 1, source: 's3://a', run: 'r2', tag: 'x' },
    { model: 0, number: 3, source: 's3://a', run: 'r1', tag: 'z' },
  ];
const LOGGED = [
  { id: 'm-1', name: 'a', run: 'r1', depth: '3', acc: [0.5, 0.9, 0.7] },
  { id: 'm-2', name: 'b', run: 'r2', depth: '10', acc: [Number.NaN, 0.1] },
  { id: 'm-3', name: 'a', run: 'r1', depth: '4', acc: [] },
];

beforeAll(async () => {
  tables = await openTables();
  let seq = 0;
  await tables.project([
    inLog([
      ...MODELS.map(([name, tags], i) =>
        decided(++seq, {
          type: 'model.created',
          data: { model: `id-${i}`, name, description: '', tags: tagsOf(tags) },
        }),
      ),
      ...VERSIONS.map(({ model, number: version, source, run, tag }) =>
        decided(++seq, {
          type: 'version.created',
          data: {
            ...{ model: `id-${model}`, version, source, location: source, description: '', tags: tagsOf({ tag }) },
            ...(run === undefined ? {} : { run }),
          },
        }),
      ),
      ...LOGGED.map(({ id: loggedModel, name, run, depth }) =>
        decided(++seq, {
          type: 'logged-model.created',
          data: { loggedModel, experiment: 'e1', name, run, params: tagsOf({ depth }), tags: [] },
        }),
      ),
    ]),
    inLog(
      LOGGED.filter(({ acc }) => acc.length > 0).map(({ id: loggedModel, run, acc }) =>
        said(run, [
          {
            type: 'models.measured',
            data: {
              measurements: acc.map((value, step) => ({
                ...{ loggedModel, key: 'acc', step, time: step },
                value: Number.isNaN(value) ? ('NaN' as const) : value,
                ...(step === 0 ? { dataset: { name: 'train', digest: 'd' } } : {}),
              })),
            },
          },
        ]),
      ),
    ),
  ]);
});
afterAll(() => tables.close());

/** Every page of two. */
async function allPages<T>(
  page: (
    after: readonly (string | null)[] | undefined,
  ) => Promise<{ found: T[]; next: readonly (string | null)[] | null }>,
): Promise<T[]> {
  const all: T[] = [];
  for (let after: readonly (string | null)[] | undefined; ; ) {
    const { found, next } = await page(after);
    all.push(...found);
    if (next === null) return all;
    after = next;
  }
}

it.each([
  ['', []],
  ["name LIKE '%igits%'", ['name DESC']],
  ["name ILIKE 'DIGITS%'", []],
  ["tags.team = 'x' OR tags.`o'dd` = 'it''s'", []],
  ["NOT tags.team = 'x'", ['last_updated_timestamp DESC', 'name DESC']],
  ["tags.`mlflow.prompt.is_prompt` = 'false'", []],
  ["name IN ('letters', 'prompt')", []],
])('registered models: %s by %s', async (text, by) => {
  const [filter, order] = [parseFilter(text, 'registered-model'), parseOrder(by, 'registered-model')];
  const items = MODELS.map(
    ([name, tags]): Item => ({
      attributes: { name, creation_timestamp: NOW, last_updated_timestamp: NOW },
      tags: new Map(Object.entries(tags)),
    }),
  );
  const nameOf = (item: Item) => String(item.attributes['name']);
  const wanted = items
    .filter((item) => matches(item, filter, 'registered-model'))
    .sort((a, b) => compareItems(a, b, order) || (nameOf(a) < nameOf(b) ? -1 : 1));
  const search = createModelSearch(tables.source);
  const found = await allPages(async (after) => {
    const { models, next } = await search.findModels({ workspace: 'default', filter, order, after, limit: 2 });
    return { found: models, next };
  });
  expect(found.map(({ value }) => value.name)).toEqual(wanted.map(nameOf));
});

it.each([
  ['', []],
  ["name = 'digits' AND version_number >= 2", ['version_number ASC']],
  ["source_path = 's3://a' AND run_id = 'r1'", []],
  ["run_id IN ('r1', 'r2')", ['name DESC', 'version_number']],
  ["tags.tag != 'x'", ['last_updated_timestamp DESC', 'name ASC', 'version_number DESC']],
])('versions: %s by %s', async (text, by) => {
  const [filter, order] = [parseFilter(text, 'model-version'), parseOrder(by, 'model-version')];
  const items = VERSIONS.map(
    ({ model, number, source, run = null, tag }): Item => ({
      attributes: {
        ...{ name: MODELS[model]?.[0] ?? '', version_number: number, run_id: run, source_path: source },
        ...{ creation_timestamp: NOW, last_updated_timestamp: NOW },
      },
      tags: new Map([['tag', tag]]),
    }),
  );
  const idOf = ({ attributes: a }: Item) => `${String(a['name'])}/${String(a['version_number'])}`;
  const naturally = ({ attributes: a }: Item, { attributes: b }: Item): number =>
    String(a['name']) === String(b['name'])
      ? Number(b['version_number']) - Number(a['version_number'])
      : String(a['name']) < String(b['name'])
        ? -1
        : 1;
  const wanted = items
    .filter((item) => matches(item, filter, 'model-version'))
    .sort((a, b) => compareItems(a, b, order) || naturally(a, b));
  const search = createModelSearch(tables.source);
  const found = await allPages(async (after) => {
    const { versions, next } = await search.findVersions({ workspace: 'default', filter, order, after, limit: 2 });
    return { found: versions, next };
  });
  expect(found.map(({ model, version }) => `${model.value.name}/${version.name}`)).toEqual(wanted.map(idOf));
});

it.each([
  ['', [], ['m-3', 'm-2', 'm-1']],
  ["name = 'a' AND params.depth != '4'", [], ['m-1']],
  ['metrics.acc > 0.6', [], ['m-1']],
  ['metrics.acc.max > 0.8', [], ['m-1']],
  ['metrics.acc.min <= 0.1', [], ['m-2']],
  ["source_run_id = 'r1'", ['name ASC'], ['m-3', 'm-1']],
  ["status = 'PENDING'", ['metrics.acc DESC'], ['m-1', 'm-2', 'm-3']],
  ['metrics.acc IS NULL', [], ['m-3']],
])('logged models: %s by %s', async (text, by, wanted) => {
  const search = createLoggedModelSearch(tables.source);
  const order = parseOrder(by, 'logged-model').map((one) => ({ ...one, datasets: [] }));
  const asked = { workspace: 'default', experiments: ['e1', 'e2'], datasets: [], order, limit: 2 };
  const filter = parseFilter(text, 'logged-model');
  const found = await allPages(async (after) => {
    const { models, next } = await search.find({ ...asked, filter, after });
    return { found: models, next };
  });
  expect(found.map(({ id }) => id)).toEqual(wanted);
});

it('logged models by what was measured on a dataset', async () => {
  const search = createLoggedModelSearch(tables.source);
  const find = async (text: string, datasets: ReadonlyArray<{ name: string; digest?: string }>) => {
    const filter = parseFilter(text, 'logged-model');
    const asked = { workspace: 'default', experiments: ['e1'], datasets, filter, limit: 9 };
    const order = parseOrder(['metrics.acc ASC'], 'logged-model').map((one) => ({ ...one, datasets }));
    return (await search.find({ ...asked, order })).models.map(({ id }) => id);
  };
  expect(await find('metrics.acc = 0.5', [{ name: 'train' }])).toEqual(['m-1']);
  expect(await find('metrics.acc = 0.7', [{ name: 'train' }])).toEqual([]);
  expect(await find('metrics.acc = 0.5', [{ name: 'train', digest: 'other' }])).toEqual([]);
  expect(await find('', [{ name: 'train' }])).toEqual(['m-1', 'm-2', 'm-3']);
});
