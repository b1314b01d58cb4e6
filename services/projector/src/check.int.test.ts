import { METRIC_POINT } from '@runledger/clickhouse';
import type { CheckLine, Difference } from '@runledger/contracts/http';
import { drawing } from '@runledger/testkit';
import { check } from '../test/upkeep-lines';
import { facts, metrics, openScene, type Scene } from '../test/upkeep-scene';
import { recordWorld } from '../test/upkeep-world';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene('check');
  await recordWorld(scene);
});
afterAll(() => scene.close());

const named = (differences: readonly Difference[]): string[] =>
  differences.map(({ subject, where }) => `${where}: ${subject}`).sort();
async function expectRepaired(): Promise<void> {
  const { result } = await check(scene, { repair: true });
  expect(result.repaired).toBe(result.differences);
  expect((await check(scene)).differences).toEqual([]);
}

type Table = Readonly<{ table: string; key: string; text: string | null }>;
/** Tables that have rows, with their keys, and a column of text that is none of them. */
async function filledTables(): Promise<Table[]> {
  const tables: Table[] = await scene.source.query(`
    select c.relname as table,
      (select string_agg(a.attname, ', ' order by a.attnum) from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid
        and a.attnum = any (k.conkey) where k.conrelid = c.oid and k.contype = 'p') as key,
      (select a.attname from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and a.atttypid = 'text'::regtype
        and a.attgenerated = '' and a.attnum <> all (select unnest(k.conkey) from pg_constraint k
          where k.conrelid = c.oid and k.contype = 'p')
        and a.attname not in ('workspace', 'topic') limit 1) as text
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'read' and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'rollup_watermark'
    order by 1`);
  const filled: Table[] = [];
  for (const one of tables) {
    const rows: unknown[] = await scene.source.query(`select 1 from read.${one.table} limit 1`);
    if (rows.length > 0) filled.push(one);
  }
  return filled;
}
const whereOf = (table: string): string => `postgres ${table}`;
const places = (differences: readonly Difference[]): string[] =>
  [...new Set(differences.map(({ where }) => where))].sort();

it('finds nothing where nothing was touched, and reads the whole log for it', async () => {
  const { result, differences } = await check(scene);
  expect(differences).toEqual([]);
  expect(result).toMatchObject({ differences: 0, repaired: 0 });
  const ends = await scene.log.ends([
    'runledger.runs.v1',
    'runledger.metrics.v1',
    'runledger.console.v1',
    'runledger.catalog.v1',
  ]);
  expect(result.records).toBe(ends.reduce((sum, { offset }) => sum + offset, 0));
});

it('leaves nothing behind, and touches nothing that is read', async () => {
  const left = await scene.source.query(`select nspname from pg_namespace where nspname ~ '^(read|custody)_'`);
  expect(left).toEqual([]);
  expect(await scene.clickhouse.rows(`show tables from runledger like 'metric_point_%'`)).toEqual([
    { name: 'metric_point_v1' },
  ]);
});

describe('rows of Postgres that somebody', () => {
  it('deleted are found in every table, shown, and come back', async () => {
    const tables = await filledTables();
    expect(tables.length).toBeGreaterThan(28);
    for (const { table } of tables)
      await scene.source.query(`delete from read.${table} where ctid in (select ctid from read.${table} limit 1)
        and tableoid in (select tableoid from read.${table} limit 1)`);
    const { differences } = await check(scene);
    expect(places(differences)).toEqual(tables.map(({ table }) => whereOf(table)).sort());
    for (const { missing, unexpected } of differences) expect([missing.length, unexpected]).toEqual([1, []]);
    await expectRepaired();
  });

  it('altered are found in every table, with what they should be', async () => {
    const tables = (await filledTables()).filter(({ text }) => text !== null);
    expect(tables.length).toBeGreaterThan(18);
    for (const { table, text } of tables)
      await scene.source.query(
        `update read.${table} set ${text} = 'forged' where ctid in (select ctid from read.${table} limit 1)`,
      );
    const { differences } = await check(scene);
    expect(places(differences)).toEqual(tables.map(({ table }) => whereOf(table)).sort());
    for (const place of places(differences)) {
      // A row of a table that is shared may have become one of another projection.
      const there = differences.filter(({ where }) => where === place);
      expect(there.flatMap(({ unexpected }) => unexpected)).toEqual([expect.stringContaining('forged')]);
      expect(there.flatMap(({ missing }) => missing)).toEqual([expect.not.stringContaining('forged')]);
    }
    await expectRepaired();
  });

  it('inserted are found, also of runs that there are none of', async () => {
    await scene.source.query(`insert into read.run_tag (workspace, run, key, value, from_off, from_ord, from_time, from_actor)
      values ('default', 'a', 'team2', 'forged', 1, 0, now(), 'x'), ('default', 'nobody', 'k', 'forged', 1, 0, now(), 'x')`);
    await scene.source.query(`insert into read.run_metric select 999999, key, step, time, value, first_step, first_time, min, max,
      has_nan, last_origin, last_step, last, points, unordered from read.run_metric limit 1`);
    const { differences } = await check(scene);
    expect(named(differences)).toEqual([
      'postgres run_metric: run/series 999999',
      'postgres run_tag: run/a',
      'postgres run_tag: run/nobody',
    ]);
    expect(differences.find(({ subject }) => subject === 'run/nobody')).toMatchObject({
      expected: null,
      found: { rows: 1 },
      missing: [],
      unexpected: [expect.stringContaining('forged')],
    });
    await expectRepaired();
  });

  it('made of receipts are found, and the projector goes on with those of the log', async () => {
    await scene.source.query(
      `update custody.writer_receipt set stored = '{[0,9)}', points = 90 where run = 'b' and topic = 'metrics' and writer = 'w'`,
    );
    expect(named((await check(scene)).differences)).toEqual(['postgres writer_receipt: run/b']);
    await expectRepaired();
  });
});

describe('random damage to what is kept of runs', () => {
  const SEED = 7;
  /** Every row of a run, as text, by where it lies and of which run it is. */
  async function rowsOfRuns(tables: readonly Table[]): Promise<Map<string, string[]>> {
    const found = new Map<string, string[]>();
    for (const { table } of tables) {
      const rows: Array<{ run: string; row: string }> = await scene.source.query(
        `select run, to_jsonb(t)::text as row from read.${table} t order by 2`,
      );
      for (const { run, row } of rows) {
        const name = `${whereOf(table)}: run/${run}`;
        found.set(name, [...(found.get(name) ?? []), row]);
      }
    }
    return found;
  }
  /** Those of the rows that are not among the others, each as often as it is there. */
  function beyond(rows: readonly string[], others: readonly string[]): string[] {
    const left = [...others];
    return rows.filter((row) => {
      const at = left.indexOf(row);
      if (at >= 0) left.splice(at, 1);
      return at < 0;
    });
  }

  it(`is told as what differs, row by row, and undone, of seed ${SEED}`, async () => {
    const draw = drawing(SEED);
    const tables = (await filledTables()).filter(({ key }) => key.split(', ').includes('run'));
    const before = await rowsOfRuns(tables);
    for (let i = 0; i < 30; i++) {
      const { table, text } = tables[Math.floor(draw() * tables.length)] as Table;
      const rows: Array<{ place: string; of: string }> = await scene.source.query(
        `select ctid::text as place, tableoid::text as of from read.${table} order by 2, 1`,
      );
      const row = rows[Math.floor(draw() * rows.length)];
      if (row === undefined) continue;
      const that = `where ctid = '${row.place}' and tableoid = ${row.of}`;
      if (text === null || draw() < 0.5) await scene.source.query(`delete from read.${table} ${that}`);
      else await scene.source.query(`update read.${table} set ${text} = 'forged ${i}' ${that}`);
    }
    const after = await rowsOfRuns(tables);
    const expected = [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
      const [was, is] = [before.get(name) ?? [], after.get(name) ?? []];
      const [missing, unexpected] = [beyond(was, is).length, beyond(is, was).length];
      return missing + unexpected === 0 ? [] : [[name, missing, unexpected] as const];
    });
    expect(expected.length).toBeGreaterThan(10);
    const { differences } = await check(scene);
    // A row of a table that is shared may have become one of another projection, which tells of it by itself.
    const told = [...new Set(differences.map(({ where, subject }) => `${where}: ${subject}`))].map((name) => {
      const there = differences.filter(({ where, subject }) => `${where}: ${subject}` === name);
      return [
        name,
        there.flatMap(({ missing }) => missing).length,
        there.flatMap((one) => one.unexpected).length,
      ] as const;
    });
    const byName = ([a]: readonly [string, ...unknown[]], [b]: readonly [string, ...unknown[]]) => (a < b ? -1 : 1);
    expect(told.sort(byName)).toEqual(expected.sort(byName));
    await expectRepaired();
    expect(await rowsOfRuns(tables)).toEqual(before);
  });
});

describe('points of ClickHouse that somebody', () => {
  const forge = async (change: string): Promise<void> => {
    await scene.clickhouse.command(`alter table ${METRIC_POINT} ${change} settings mutations_sync = 2`);
  };
  const seriesOf = async (run: string): Promise<number> => {
    const rows: Array<{ number: string }> = await scene.source.query(
      'select number from custody.series where run = $1',
      [run],
    );
    return Number(rows[0]?.number);
  };
  const COLUMNS = 'series, key, step, time, value, writer, lp, ver';

  it('deleted are found and come back', async () => {
    await forge(`delete where series = ${await seriesOf('a')} and step < 2`);
    const { differences } = await check(scene);
    expect(named(differences)).toEqual(['clickhouse points: run/a']);
    expect(differences[0]?.missing.length).toBeGreaterThan(0);
    await expectRepaired();
  });

  it('altered in place are found: one of them is missing, and one too much', async () => {
    const series = await seriesOf('b');
    await scene.clickhouse.command(`insert into ${METRIC_POINT} (${COLUMNS})
      select series, key, step, time, 777 as value, writer, lp, ver from ${METRIC_POINT} final where series = ${series} and step = 3`);
    await forge(`delete where series = ${series} and step = 3 and value <> 777`);
    const { differences } = await check(scene);
    expect(named(differences)).toEqual(['clickhouse points: run/b']);
    expect(differences[0]?.missing[0]).not.toContain('777');
    expect(differences[0]?.unexpected[0]).toContain('777');
    await expectRepaired();
  });

  it('inserted are found, of known runs, of none, and at places that the log does not have', async () => {
    const series = await seriesOf('c');
    const forged = (as: string) =>
      scene.clickhouse.command(`insert into ${METRIC_POINT} (${COLUMNS})
        select ${as} from ${METRIC_POINT} final where series = ${series} limit 1`);
    await forged('series, key, step + 1000, time, value, writer, lp, ver');
    await forged('888888, key, step, time, value, writer, lp, ver');
    await forged('series, key, step, time, value, writer, lp, bitNot(bitShiftLeft(toUInt64(1000000), 20))');
    const { differences } = await check(scene);
    expect(named(differences)).toEqual([
      'clickhouse points: run/c',
      'clickhouse points: run/c',
      'clickhouse points: run/series 888888',
    ]);
    expect(differences.flatMap(({ unexpected }) => unexpected).join()).toContain('offset 1000000');
    await forge(`delete where ver = bitNot(bitShiftLeft(toUInt64(1000000), 20))`);
    await expectRepaired();
  });
});

describe('the record itself', () => {
  it('of a journal that was altered, cut and lengthened is found against the log', async () => {
    const { source } = scene;
    await source.query(`create table public.kept as select * from custody.journal_event`);
    await source.query(`update custody.journal_event set actor = 'forged' where subject = 'note/a'`);
    await source.query(`delete from custody.journal_event where subject = 'view/v1'`);
    const { differences } = await check(scene);
    expect(named(differences)).toEqual(['journal: note/a', 'journal: view/v1']);
    await source.query('delete from custody.journal_event');
    await source.query('insert into custody.journal_event select * from public.kept');
    expect((await check(scene)).differences).toEqual([]);
  });

  it('of a log whose record was altered is found by what it comes to now', async () => {
    const { source } = scene;
    const change = async (from: string, to: string): Promise<void> => {
      await source.query(
        `update custody.log_record set value = convert_to(replace(convert_from(value, 'UTF8'), $1, $2), 'UTF8')
         where topic = 'runledger.runs.v1' and key = 'default/run/a'`,
        [from, to],
      );
    };
    await change('vision', 'forged');
    expect(named((await check(scene)).differences)).toEqual([
      'postgres applied_event: run/a',
      'postgres run_tag: run/a',
    ]);
    await change('forged', 'vision');
    expect((await check(scene)).differences).toEqual([]);
  });

  it('of a log that lacks records is found, and nothing is repaired by what is left', async () => {
    const { source } = scene;
    await source.query(`create table public.records as select * from custody.log_record`);
    await source.query(`delete from custody.log_record where topic = 'runledger.runs.v1' and key = 'default/run/b'`);
    const { result, differences } = await check(scene, { repair: true });
    const gap = differences.find(({ where }) => where === 'log');
    expect(gap).toMatchObject({ subject: expect.stringMatching(/^runledger\.runs\.v1\/\d$/), repaired: false });
    expect(result.repaired).toBe(0);
    await source.query('insert into custody.log_record select * from public.records on conflict do nothing');
    expect((await check(scene)).differences).toEqual([]);
  });
});

it('is for operators, one at a time, and says what it does not understand', async () => {
  expect((await scene.ask('check', scene.keys.other, {})).status).toBe(403);
  expect((await scene.ask('check', scene.keys.reader, {})).status).toBe(403);
  expect((await scene.ask('check', undefined, { repairs: true })).status).toBe(400);
  const answers = await Promise.all([scene.ask('check', undefined, {}), scene.ask('check', undefined, {})]);
  const ends = answers.map(({ text }) => (JSON.parse(text.trimEnd().split('\n').at(-1) ?? '') as CheckLine).kind);
  expect(ends.sort()).toEqual(['failed', 'result']);
});

it('keeps its head while runs are recorded', async () => {
  let going = true;
  const record = (async () => {
    for (let i = 2; going; i++) {
      await scene.log.publish([
        metrics('busy', i - 2),
        facts('busy', [{ type: 'tags.set', data: { tags: [{ key: 'i', value: String(i) }] } }]),
      ]);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  for (let i = 0; i < 3; i++) expect((await check(scene)).differences).toEqual([]);
  going = false;
  await record;
});
