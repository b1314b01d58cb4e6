import { wholeWorkspace } from '@runledger/contracts';
import { compareItems, type Field, type Filter, type Item, matches, type Order, parseFilter } from '@runledger/filter';
import { createDatabase, type TestDatabase } from '@runledger/testkit';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { insertRuns, KEYS, numbers, type RandomRun, randomRun, texts } from '../test/random-runs';
import { openDataSource } from './data-source';
import { createRunSearch, type RunSearches } from './run-search';
import type { SearchPlace } from './search-sql';

const key = fc.constantFrom(...KEYS, 'nowhere');
const metricField = fc
  .tuple(key, fc.constantFrom('latest' as const, 'last' as const, 'min' as const, 'max' as const))
  .map(([k, value]): Field => ({ part: 'metric', key: k, value }));
const numberField = fc.oneof(
  metricField,
  fc.constantFrom('start_time', 'end_time').map((k): Field => ({ part: 'attribute', key: k })),
);
const paramField = key.map((k): Field => ({ part: 'param', key: k }));
const textAttribute = fc
  .constantFrom('run_id', 'run_name', 'user_id', 'status', 'experiment_id', 'project', 'description')
  .map((k): Field => ({ part: 'attribute', key: k }));
const keyedField = fc.oneof(
  textAttribute,
  paramField,
  key.map((k): Field => ({ part: 'tag', key: k })),
);
const textField = fc.oneof(
  { weight: 3, arbitrary: keyedField },
  fc
    .constantFrom('name' as const, 'digest' as const, 'context' as const)
    .map((k): Field => ({ part: 'dataset', key: k })),
  fc
    .constantFrom('kind' as const, 'uri' as const, 'external_id' as const, 'version' as const)
    .map((k): Field => ({ part: 'link', key: k })),
);
const likes = fc.oneof(texts, fc.constantFrom('%', '_', 'a%', '%b', 'É', 'A_', '%\\%', 'LONG%'));
const regexes = fc.constantFrom(
  'a',
  '^a',
  'b$',
  '(?i)A',
  '.',
  'a.b|y$',
  '[^a]',
  '\\bab\\b',
  '^$',
  '(?i)s',
  '\\W',
  '\\x{e9}',
  '(?s)x.y',
  'x.y',
  '(?:^)*a{2,}|B',
);

const test = fc.oneof(
  fc
    .tuple(
      fc.oneof(numberField, paramField),
      fc.constantFrom('=' as const, '!=' as const, '<' as const, '<=' as const, '>' as const, '>=' as const),
      fc.oneof(numbers, fc.constantFrom(1_500, 2_000)),
    )
    .map(([field, comparator, value]): Filter => ({ is: 'number', field, comparator, value })),
  fc
    .tuple(
      textField,
      fc.constantFrom('=' as const, '!=' as const),
      fc.oneof(texts, fc.constantFrom('FINISHED', 'e1', 'r7')),
    )
    .map(([field, comparator, value]): Filter => ({ is: 'text', field, comparator, value })),
  fc
    .tuple(textField, fc.constantFrom('LIKE' as const, 'ILIKE' as const), likes)
    .map(([field, matcher, pattern]): Filter => ({ is: 'match', field, matcher, pattern })),
  fc.tuple(textField, regexes).map(([field, pattern]): Filter => ({ is: 'match', field, matcher: 'RLIKE', pattern })),
  fc
    .tuple(textField, fc.array(texts, { minLength: 1, maxLength: 3 }), fc.boolean())
    .map(([field, values, negated]): Filter => ({ is: 'among', field, values, negated })),
  fc
    .tuple(fc.oneof(keyedField, numberField), fc.boolean())
    .map(([field, negated]): Filter => ({ is: 'absent', field, negated })),
);
const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    test,
    fc.array(tie('filter'), { minLength: 2, maxLength: 3 }).map((terms): Filter => ({ is: 'all', terms })),
    fc.array(tie('filter'), { minLength: 2, maxLength: 3 }).map((terms): Filter => ({ is: 'any', terms })),
    tie('filter').map((term): Filter => ({ is: 'not', term })),
  ),
}));
const order = fc.uniqueArray(
  fc.record({ field: fc.oneof(metricField, keyedField, numberField), descending: fc.boolean() }),
  { maxLength: 3, selector: ({ field }) => JSON.stringify(field) },
);
const scope = fc.record({
  lifecycle: fc.constantFrom(undefined, 'active' as const, 'deleted' as const, 'all' as const),
  experiments: fc.constantFrom(undefined, ['e1'], ['e1', 'e2'], []),
  projects: fc.constantFrom(undefined, undefined, ['p2']),
});

const RUNS = 120;

describe('a search of runs', () => {
  let database: TestDatabase;
  let source: DataSource;
  let search: RunSearches;
  /** One that takes nothing for few: what is joined by OR is looked up run by run, as it is among very many. */
  let byRun: RunSearches;
  const runs: Array<readonly [string, RandomRun]> = [];
  beforeAll(async () => {
    database = await createDatabase('run_search');
    source = await openDataSource(database.url);
    search = createRunSearch(source);
    byRun = createRunSearch(source, undefined, { few: -1 });
    for (const [i, drawn] of fc.sample(randomRun, { numRuns: RUNS, seed: 1 }).entries())
      runs.push([`r${i}`, { ...drawn, attributes: { ...drawn.attributes, run_id: `r${i}` } }]);
    await insertRuns(source, 'default', runs);
    await insertRuns(source, 'other', runs.slice(0, 5));
  });
  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });

  type Scope = {
    lifecycle?: 'active' | 'deleted' | 'all' | undefined;
    experiments?: readonly string[] | undefined;
    projects?: readonly string[] | undefined;
  };
  const inScope = (run: RandomRun, { lifecycle = 'active', experiments, projects }: Scope): boolean =>
    (lifecycle === 'all' || run.lifecycle === lifecycle) &&
    (experiments?.includes(run.experiment) ?? true) &&
    (projects?.includes(run.project) ?? true);

  function expected(asked: Filter, by: readonly Order[], within: Scope): string[] {
    const found = runs.filter(([, run]) => inScope(run, within) && matches(run, asked, 'run'));
    return found
      .sort(([a, left], [b, right]) => compareItems(left, right, by) || right.sortAt - left.sortAt || (a < b ? -1 : 1))
      .map(([run]) => run);
  }

  async function found(
    [asked, by]: readonly [Filter, readonly Order[]],
    within: Scope,
    limit: number,
    searches: RunSearches,
  ): Promise<string[]> {
    const ids: string[] = [];
    for (let after: SearchPlace | undefined, more = true; more; ) {
      const page = await searches.find({
        reach: wholeWorkspace('default'),
        ...within,
        filter: asked,
        order: by,
        after,
        limit,
      });
      ids.push(...page.runs.map(({ run }) => run));
      // A place goes through JSON, in a token.
      after = page.next === null ? undefined : (JSON.parse(JSON.stringify(page.next)) as SearchPlace);
      more = after !== undefined;
    }
    return ids;
  }

  it('finds what the naive evaluation finds, in its order, page by page, and counts it', async () => {
    await fc.assert(
      fc.asyncProperty(filter, order, scope, fc.integer({ min: 7, max: 60 }), async (asked, by, within, limit) => {
        const wanted = expected(asked, by, within);
        for (const searches of [search, byRun]) {
          expect(await found([asked, by], within, limit, searches)).toEqual(wanted);
          expect(await searches.count({ reach: wholeWorkspace('default'), ...within, filter: asked })).toBe(
            wanted.length,
          );
        }
      }),
      { numRuns: 250 },
    );
  });

  it('loads the columns that are asked for, and no others', async () => {
    const [run, item] = runs.find(
      ([, r]) =>
        (r.params?.size ?? 0) > 1 &&
        (r.metrics?.size ?? 0) > 0 &&
        (r.datasets?.length ?? 0) > 0 &&
        (r.tags?.size ?? 0) > 0,
    ) as (typeof runs)[number];
    const find = async (columns: Parameters<RunSearches['load']>[2]) => {
      const [loaded] = await search.load(wholeWorkspace('default'), [run], columns);
      return {
        params: loaded?.params.map((p) => [p.key, p.value]),
        tags: loaded?.tags.map((t) => [t.key, t.value]),
        metrics: loaded?.metrics.map((m) => [m.name, m.value, m.last.value]),
        inputs: loaded?.inputs.map((i) => i.name),
      };
    };
    const sorted = <T>(map: ReadonlyMap<string, T> | undefined) =>
      [...(map ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
    expect(await find({})).toEqual({ params: [], tags: [], metrics: [], inputs: [] });
    expect(await find({ params: 'all', tags: 'all', metrics: 'all', inputs: true })).toEqual({
      params: sorted(item.params),
      tags: sorted(item.tags),
      metrics: sorted(item.metrics).map(([name, m]) => [name, m.latest, m.last]),
      inputs: (item.datasets ?? []).map((d) => d.name).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    });
    const [first] = sorted(item.params);
    expect((await find({ params: [String(first?.[0])] })).params).toEqual([first]);
  });

  it('reads the latest values in columns as it reads whole metrics', async () => {
    const all = await search.load(wholeWorkspace('default'), [...new Set(runs.map(([run]) => run))], {
      metrics: 'all',
      latest: true,
    });
    expect(all.flatMap(({ metrics }) => metrics).length).toBeGreaterThan(0);
    for (const { metrics, latest } of all) {
      expect(latest.names).toEqual(metrics.map(({ name }) => name));
      expect(latest.values.map(Number)).toEqual(metrics.map(({ value }) => value));
      expect(latest.steps).toEqual(metrics.map(({ step }) => String(step)));
      expect(latest.times).toEqual(metrics.map(({ time }) => String(time)));
    }
  });

  it('writes params as JSON as it reads them', async () => {
    const all = await search.load(wholeWorkspace('default'), [...new Set(runs.map(([run]) => run))], {
      params: 'all',
      paramsJson: true,
    });
    expect(all.flatMap(({ params }) => params).length).toBeGreaterThan(0);
    for (const { params, paramsJson } of all)
      expect(JSON.parse(`[${paramsJson}]`)).toEqual(params.map(({ key, value }) => ({ key, value })));
  });

  it('takes text for text', async () => {
    const hostile = `'; drop table read.run; --`;
    const asked = parseFilter(`params.\`${hostile}\` = "${hostile}" or tags.x rlike "${hostile}"`, 'run');
    expect(await search.count({ reach: wholeWorkspace('default'), filter: asked })).toBe(0);
    expect(await search.count({ reach: wholeWorkspace(hostile), filter: asked })).toBe(0);
  });

  it('stays in its workspace', async () => {
    const all: Item[] = runs.slice(0, 5).map(([, run]) => run);
    const asked = parseFilter('', 'run');
    expect(await search.count({ reach: wholeWorkspace('other'), lifecycle: 'all', filter: asked })).toBe(all.length);
  });
});
