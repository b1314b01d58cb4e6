import { wholeWorkspace } from '@runledger/contracts';
import { createMetadataReads, type MetadataReads, type RunPlace } from '@runledger/postgres';
import { decided, inLog, openTables, said, type Tables } from './metadata-tables.contract';

let tables: Tables;
let reads: MetadataReads;
beforeAll(async () => {
  tables = await openTables();
  reads = createMetadataReads(tables.source);
});
afterAll(() => tables.close());
beforeEach(() => tables.startOver());

/** 25 runs, of which each five began in the same second; every third belongs to another experiment. */
async function makeRuns(): Promise<void> {
  const records = Array.from({ length: 25 }, (_, i) => {
    const startedAt = new Date(Date.UTC(2026, 0, 1, 0, 0, Math.floor(i / 5))).toISOString();
    const experiment = i % 3 === 0 ? 'e2' : 'e1';
    return said(`r${String(i).padStart(2, '0')}`, [
      { type: 'run.started', data: { experiment, startedAt, ...(i === 7 ? { parent: 'r00' } : {}) } },
    ]);
  });
  await tables.project([
    inLog([...records, said('r30', [{ type: 'tags.set', data: { tags: [{ key: 'k', value: 'v' }] } }])]),
  ]);
}

async function everyPage(
  query: Omit<Parameters<MetadataReads['listRuns']>[1], 'limit'>,
  limit: number,
): Promise<string[]> {
  const names: string[] = [];
  let after: RunPlace | undefined;
  for (;;) {
    const page = await reads.listRuns(wholeWorkspace('default'), { ...query, after, limit });
    names.push(...page.map((r) => r.run));
    if (page.length < limit) return names;
    after = page.at(-1);
  }
}

describe('lists of runs', () => {
  it('go from the newest to the oldest, page by page, each run once', async () => {
    await makeRuns();
    const numbers = Array.from({ length: 25 }, (_, i) => 24 - i);
    const names = (wanted: number[]) => wanted.map((i) => `r${String(i).padStart(2, '0')}`);
    for (const limit of [1, 3, 100]) {
      expect(await everyPage({ experiment: 'e1' }, limit)).toEqual(names(numbers.filter((i) => i % 3 !== 0)));
      // One that was never announced stands where it was first seen.
      expect(await everyPage({}, limit)).toEqual(['r30', ...names(numbers)]);
    }
    expect(await everyPage({ parent: 'r00' }, 10)).toEqual(['r07']);
    expect(await everyPage({ experiment: 'none' }, 10)).toEqual([]);
  });

  it('show one workspace only', async () => {
    await makeRuns();
    expect(await reads.listRuns(wholeWorkspace('other'), { limit: 10 })).toEqual([]);
    expect(await reads.getRun(wholeWorkspace('other'), 'r01')).toBeNull();
    expect(await reads.listTags('other', { run: 'r30', finish: null }, { limit: 9 })).toEqual([]);
  });

  it('leave out a run of which only metrics have come, which is there all the same', async () => {
    await tables.source.query(`insert into custody.series (workspace, run) values ('default', 'only-metrics')`);
    expect(await reads.getRun(wholeWorkspace('default'), 'only-metrics')).toMatchObject({
      status: 'unannounced',
      firstSeenAt: null,
      sortAt: null,
    });
    expect(await reads.listRuns(wholeWorkspace('default'), { limit: 10 })).toEqual([]);
    expect(await reads.getRun(wholeWorkspace('default'), 'nothing')).toBeNull();
  });

  it('read a page by its index, whatever the planner knows of the table', async () => {
    await tables.source.query(
      `insert into read.run (workspace, run, lp, project, experiment, status, lifecycle, started_at, first_off, first_ord, first_time, from_off, from_ord, from_time, from_actor)
       select 'default', 'r' || i, 0, 'default', 'e' || i % 3, 'running', 'active', to_timestamp(i), i, 0, now(), i, 0, now(), 'a'
       from generate_series(1, 20000) i`,
    );
    const before = await blocksRead();
    expect(
      await reads.listRuns(wholeWorkspace('default'), {
        experiment: 'e1',
        limit: 20,
        after: { sortAt: 5_000_000, run: 'r' },
      }),
    ).toHaveLength(20);
    const blocks = (await blocksRead()) - before;
    expect(blocks).toBeGreaterThan(0);
    expect(blocks).toBeLessThan(100); // of some 500 of the table, and more of its indexes
  });

  /** Blocks of the table and its indexes that were looked at so far; statistics are flushed first. */
  async function blocksRead(): Promise<number> {
    await tables.source.query('select pg_stat_force_next_flush()');
    const rows: Array<{ blocks: string }> = await tables.source.query(
      `select heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read as blocks from pg_statio_user_tables
       where schemaname = 'read' and relname = 'run'`,
    );
    return Number(rows[0]?.blocks);
  }
});

describe('lists of what a run logged', () => {
  it('go by name, page by page, in the order of bytes', async () => {
    const keys = ['B', 'Z', 'a', 'a.b', 'a/b', 'b', 'ä', '🚀'];
    await tables.project([
      inLog([
        said('r1', [
          { type: 'params.logged', data: { params: [...keys].reverse().map((key) => ({ key, value: key })) } },
          { type: 'tags.set', data: { tags: keys.map((key) => ({ key, value: key })) } },
        ]),
      ]),
    ]);
    const run = { run: 'r1', finish: null };
    const first = await reads.listParams('default', run, { limit: 5 });
    const rest = await reads.listParams('default', run, { limit: 5, after: first.at(-1)?.key });
    expect([...first, ...rest].map((row) => row.key)).toEqual(keys);
    expect((await reads.listTags('default', run, { limit: 3, after: 'a' })).map((row) => row.key)).toEqual([
      'a.b',
      'a/b',
      'b',
    ]);
  });
});

describe('lists of experiments', () => {
  it('go from the newest to the oldest, by project and name, without those deleted', async () => {
    const created = (seq: number, project: string) =>
      decided(seq, { type: 'experiment.created', data: { experiment: `e${seq}`, project, name: `n${seq}`, tags: [] } });
    await tables.project([
      inLog([
        created(1, 'p'),
        created(2, 'q'),
        created(3, 'p'),
        created(4, 'p'),
        decided(5, { type: 'experiment.deleted', data: { experiment: 'e3' } }),
      ]),
    ]);
    const list = async (query: Partial<Parameters<MetadataReads['listExperiments']>[1]>) =>
      (await reads.listExperiments(wholeWorkspace('default'), { limit: 10, ...query })).map((row) => row.experiment);
    expect(await list({})).toEqual(['e4', 'e2', 'e1']);
    expect(await list({ limit: 1, after: 4 })).toEqual(['e2']);
    expect(await list({ project: 'p' })).toEqual(['e4', 'e1']);
    expect(await list({ lifecycle: 'all' })).toEqual(['e4', 'e3', 'e2', 'e1']);
    expect(await list({ lifecycle: 'deleted' })).toEqual(['e3']);
    expect(await list({ name: 'n2' })).toEqual(['e2']);
  });
});
