import { wholeWorkspace } from '@runledger/contracts';
import { compareItems, type Item, matches, parseFilter, parseOrder } from '@runledger/filter';
import { createDatabase, type TestDatabase } from '@runledger/testkit';
import type { DataSource } from 'typeorm';
import { openDataSource } from './data-source';
import { createExperimentSearch, type ExperimentSearches } from './experiment-search';
import type { SearchPlace } from './search-sql';

type Made = Readonly<{
  id: string;
  name: string;
  lifecycle: 'active' | 'deleted';
  createdAt: number | null;
  tags: Record<string, string>;
}>;

const MADE: readonly Made[] = [
  { id: '0', name: 'Default', lifecycle: 'active', createdAt: null, tags: {} },
  { id: '1', name: 'vision/a', lifecycle: 'active', createdAt: 1_000, tags: { team: 'x', odd: "it's" } },
  { id: '2', name: 'Vision/b', lifecycle: 'active', createdAt: 2_000, tags: { team: 'y' } },
  { id: '3', name: 'old', lifecycle: 'deleted', createdAt: 500, tags: { team: 'x' } },
  { id: '10', name: 'text', lifecycle: 'active', createdAt: 2_000, tags: { team: 'X' } },
];
const UPDATED = 9_000;

const itemOf = ({ id, name, createdAt, tags }: Made): Item => ({
  attributes: { experiment_id: id, name, creation_time: createdAt, last_update_time: UPDATED },
  tags: new Map(Object.entries(tags)),
});

describe('a search of experiments', () => {
  let database: TestDatabase;
  let source: DataSource;
  let search: ExperimentSearches;
  beforeAll(async () => {
    database = await createDatabase('experiment_search');
    source = await openDataSource(database.url);
    search = createExperimentSearch(source);
    await source.query('delete from read.experiment');
    for (const [seq, { id, name, lifecycle, createdAt, tags }] of MADE.entries())
      await source.query(
        `insert into read.experiment (workspace, experiment, project, name, lifecycle, tags, created_at, created_seq, seq,
           from_off, from_ord, from_time, from_actor)
         values ('default', $1, 'p', $2, $3, $4, to_timestamp($5::float8 / 1000), $6, $6, 1, 0, to_timestamp($7::float8 / 1000), 'u')`,
        [
          id,
          name,
          lifecycle,
          JSON.stringify(Object.entries(tags).map(([key, value]) => ({ key, value }))),
          createdAt,
          seq,
          UPDATED,
        ],
      );
  });
  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });

  it.each([
    ['', []],
    ["name LIKE 'vision%'", ['name DESC']],
    ["name ILIKE 'VISION%'", ['creation_time ASC', 'name']],
    ["tags.team = 'x'", []],
    ["tags.team != 'x'", ['creation_time DESC']],
    ["NOT tags.team IN ('x', 'y') AND last_update_time > 5", ['experiment_id']],
    ['tags.team IS NULL OR tags.odd RLIKE "it\'s"', ['experiment_id DESC']],
    ['creation_time >= 1000', ['last_update_time']],
    ["experiment_id IN ('0', '10', '3')", ['creation_time']],
  ])('finds what the plain evaluation finds: %s by %s', async (text, by) => {
    const filter = parseFilter(text, 'experiment');
    const order = parseOrder(by, 'experiment');
    for (const lifecycle of ['active', 'deleted', 'all'] as const) {
      const wanted = MADE.map((made, seq) => ({ made, seq, item: itemOf(made) }))
        .filter(
          ({ made, item }) =>
            (lifecycle === 'all' || made.lifecycle === lifecycle) && matches(item, filter, 'experiment'),
        )
        .sort((a, b) => compareItems(a.item, b.item, order) || b.seq - a.seq)
        .map(({ made }) => made.id);
      const found: string[] = [];
      let after: SearchPlace | null | undefined;
      do {
        const page = await search.find({
          reach: wholeWorkspace('default'),
          lifecycle,
          filter,
          order,
          after: after ?? undefined,
          limit: 2,
        });
        found.push(...page.experiments.map(({ experiment }) => experiment));
        after = page.next;
      } while (after !== null);
      expect(found).toEqual(wanted);
      expect(await search.count({ reach: wholeWorkspace('default'), lifecycle, filter })).toBe(wanted.length);
    }
  });

  it('stays in its workspace and its projects', async () => {
    const filter = parseFilter('', 'experiment');
    expect(await search.count({ reach: wholeWorkspace('other'), filter })).toBe(0);
    expect(await search.count({ reach: { workspace: 'default', projects: { only: ['q'] } }, filter })).toBe(0);
  });
});
