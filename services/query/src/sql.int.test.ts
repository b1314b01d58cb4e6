import type { SqlAnswer } from '@runledger/contracts/http';
import * as fc from 'fast-check';
import { recordExamples } from '../test/example-world';
import { openScene, post, read, refusalOf, type Scene } from '../test/query-scene';

let scene: Scene;
const MARK = 'secret-of-another-workspace';
beforeAll(async () => {
  scene = await openScene();
  await recordExamples(scene);
  const { record } = scene;
  const other = { workspace: 'other' };
  await record.facts(
    MARK,
    [
      { type: 'run.started', data: { experiment: MARK, name: MARK } },
      { type: 'params.logged', data: { params: [{ key: 'lr', value: MARK }] } },
      { type: 'tags.set', data: { tags: [{ key: 'team', value: MARK }] } },
    ],
    other,
  );
  await record.projectMetadata();
  // The same run id and key as in `default`, with a value of its own.
  for (const run of [MARK, 'first'])
    await record.stored({ run, key: 'loss', points: [{ step: 1, value: 777.25 }], ...other });
  await record.stored({ run: MARK, key: MARK, points: [{ step: 1, value: 777.25 }], ...other });
});
afterAll(() => scene.close());

const ask = (sql: string, more: object = {}, key?: string) => post(scene, 'sql', { sql, ...more }, key);
const rows = async (sql: string): Promise<unknown[][]> => {
  const { status, body, text } = await ask(sql);
  expect([sql, status, text]).toEqual([sql, 200, expect.any(String)]);
  return (body as SqlAnswer).rows;
};

describe('a statement', () => {
  it.each<[string, unknown[][]]>([
    ['select run, status, experiment_name from runs order by run desc limit 1', [['second', 'running', 'mnist']]],
    [
      `select r.run, p.number, t.value from runs r left join params p on p.run = r.run and p.key = 'lr'
       join tags t on t.run = r.run where t.key = 'team' order by r.run`,
      [
        ['first', 0.1, 'vision'],
        ['second', 0.1, 'vision'],
      ],
    ],
    [`select count(*), count(distinct run) from points where key in ('loss', 'nothing')`, [['40', '2']]],
    ["select run, max from summaries where key = 'loss' and run = 'first'", [['first', 1]]],
    [
      `with best as (select run, min(value) as low from points group by run) select count(*) from best where low < 0.06`,
      [['2']],
    ],
    [
      `select 1 as a, 'it''s \\ "x"' as b union all select 2, null order by a desc`,
      [
        [2, null],
        [1, 'it\'s \\ "x"'],
      ],
    ],
    ['select quantile(0.5)(step) as q from points', [[9.5]]],
    [
      `select step, row_number() over (partition by run order by value) as n from points where run = 'first' and key = 'loss' order by n limit 2`,
      [
        ['19', '1'],
        ['18', '2'],
      ],
    ],
    [
      `select run from runs where run in (select run from tags where value like 'vis%') and exists(select 1) order by 1`,
      [['first'], ['second']],
    ],
    [
      `select case when value > 0.5 then 'high' else 'low' end as level, count(*) from points group by level order by 2 desc`,
      [
        ['low', '76'],
        ['high', '4'],
      ],
    ],
    // What a left join adds is not lost to narrowing.
    [
      `select r.run from runs r left join params p on p.run = r.run and p.key = 'nothing' where p.run is null order by 1`,
      [['first'], ['second']],
    ],
    ["select run from runs where run = '' or 'a' = 'b'", []],
  ])('is answered: %s', async (sql, expected) => {
    expect(await rows(sql)).toEqual(expected);
  });

  it('is answered in every format', async () => {
    const sql = 'select run, key, step from points order by run, key, step';
    const answers = await Promise.all(
      ['jsonl', 'csv', 'arrow', 'parquet'].map(async (format) => {
        const answer = await fetch(`${scene.server.url}/api/v1/sql`, {
          method: 'POST',
          headers: { authorization: `Bearer ${scene.keys.reader}`, 'content-type': 'application/json' },
          body: JSON.stringify({ sql, format }),
        });
        return [answer.headers.get('content-type'), Buffer.from(await answer.arrayBuffer())] as const;
      }),
    );
    const [jsonl, csv, arrow, parquet] = answers.map(([, bytes]) => bytes);
    expect(jsonl?.toString().split('\n').length).toBe(81);
    expect(jsonl?.toString().split('\n')[0]).toBe('{"run":"first","key":"loss","step":"0"}');
    expect(csv?.toString().split('\n').slice(0, 2)).toEqual(['"run","key","step"', '"first","loss",0']);
    expect(arrow?.subarray(0, 4).toString('hex')).toBe('ffffffff');
    expect([parquet?.subarray(0, 4).toString(), parquet?.subarray(-4).toString()]).toEqual(['PAR1', 'PAR1']);
  });

  it('tells where it cannot be read', async () => {
    expect((await ask('select 1 from runs where')).body).toEqual({
      error: { code: 'SQL_BAD_SYNTAX', message: expect.stringContaining('found the end'), details: { offset: 24 } },
    });
    expect(refusalOf(await ask('select nope from runs'))).toEqual([400, 'CLICKHOUSE_STATEMENT_REFUSED']);
  });

  it('sees all that may be read, described', async () => {
    const { body } = await read(scene, 'sql');
    const { tables } = body as { tables: Array<{ name: string; columns: Array<{ name: string }> }> };
    for (const { name, columns } of tables)
      await rows(`select ${columns.map((column) => column.name).join(', ')} from ${name}`);
    expect(tables.length).toBe(5);
  });
});

const bomb = (n: number): string =>
  `with c0 as (select 1 as x), ${Array.from({ length: n }, (_, i) => `c${i + 1} as (select a.x from c${i} a, c${i} b)`).join(', ')} select * from c${n}`;

const ATTACKS: ReadonlyArray<[name: string, sql: string]> = [
  ['system tables', 'select * from system.one'],
  ['system tables, quoted', 'select * from `system`.`query_log`'],
  ['system tables, quoted as one name', 'select * from "system.tables"'],
  ['tables of the engine', 'select * from runledger.metric_point_v1'],
  ['tables of the engine, bare', 'select * from metric_point_v1'],
  ['information_schema', 'select * from information_schema.tables'],
  ['file', "select * from file('/etc/passwd', 'LineAsString')"],
  ['url', "select * from url('http://127.0.0.1/', 'CSV')"],
  ['s3', "select * from s3('http://127.0.0.1/x', 'CSV')"],
  ['postgresql', "select * from postgresql('127.0.0.1', 'runledger', 'api_key', 'u', 'p')"],
  ['remote', "select * from remote('127.0.0.1', system.one)"],
  ['numbers', 'select * from numbers(1000000000000)'],
  ['cluster', "select * from cluster('default', system.one)"],
  ['a table in IN', 'select 1 where 1 in (system.one)'],
  ['a table in IN, bare', 'select 1 where 1 in system.one'],
  ['a function that reads a file', "select file('/etc/passwd')"],
  ['a dictionary', "select dictGet('d', 'a', 1)"],
  ['a join table', "select joinGet('t', 'a', 1)"],
  ['a sleep', 'select sleep(3)'],
  ['a shell', "select * from executable('id', 'TSV', 'a String')"],
  ['a setting', 'select 1 settings max_execution_time = 0'],
  ['a format', 'select 1 format Null'],
  ['an outfile', "select 1 into outfile '/tmp/x'"],
  ['a second statement', 'select 1; drop table runs'],
  ['a second statement in a comment', 'select 1; -- \n select 2'],
  ['explain', 'explain select 1'],
  ['show', 'show tables'],
  ['insert', 'insert into runs select 1'],
  ['create', 'create table x (a Int8) engine = Memory'],
  ['drop', 'drop table runledger.metric_point_v1'],
  ['kill', 'kill query where 1 = 1'],
  ['set', 'set readonly = 0'],
  ['system', 'system shutdown'],
  ['a placeholder', 'select {p0:String}'],
  ['a placeholder for a name', 'select * from {p0:Identifier}'],
  ['a dollar', 'select $1'],
  ['an array', 'select [1, 2]'],
  ['a lambda', 'select arraySort(x -> x, array(1))'],
  ['a virtual column', 'select _path from params'],
  ['a hidden column', 'select workspace from runs'],
  ['the number of a series', 'select series from points'],
  ['the table behind', 'select * from points_0_series'],
  ['the table behind, as alias', 'select points_0_series.number from points'],
  ['no quote', "select 'abc"],
  ['no end of a name', 'select "abc'],
  ['no end of a comment', 'select 1 /* abc'],
  ['unicode spaces', 'select\u200b1'],
  ['unicode letters', 'select ｓystem from runs'],
  ['a quote of another kind', 'select ‘a’'],
  ['10,000 parentheses', `select ${'('.repeat(10_000)}1${')'.repeat(10_000)}`],
  ['10,000 queries', `select * from ${'(select * from '.repeat(10_000)}runs${')'.repeat(10_000)}`],
  ['10,000 nots', `select ${'not '.repeat(10_000)}1`],
  ['10,000 minus signs', `select ${'- '.repeat(10_000)}1`],
  ['10,000 sums', `select 1${' + 1'.repeat(10_000)}`],
  ['10,000 unions', `select 1${' union all select 1'.repeat(5_000)}`],
  ['100,001 characters', `select '${'x'.repeat(100_000)}'`],
  ['a doubling of CTEs', bomb(40)],
  ['a recursion', 'with recursive a as (select 1 union all select * from a) select * from a'],
  ['a CTE of itself', 'with a as (select * from a) select * from a'],
  ['a table by a CTE', 'with system as (select 1) select * from system.one'],
  ['nothing', ''],
  ['only a comment', '-- select 1'],
];

it('says what a naive count over random points says, each counted once, with merges stopped', async () => {
  await scene.clickhouse.command('system stop merges');
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }),
    fc.constantFrom(NaN, Infinity, -Infinity, 0),
  );
  const point = fc.record({ step: fc.integer({ min: -5, max: 20 }), time: fc.integer({ min: 0, max: 3 }), value });
  const curve = fc.record({
    run: fc.constantFrom('x', 'y'),
    key: fc.constantFrom('a', 'b c', "d'"),
    points: fc.array(point, { minLength: 1, maxLength: 30 }),
  });
  const known = new Map<string, { step: number; value: number }>();
  for (const one of fc.sample(curve, { seed: 7, numRuns: 25 })) {
    // Some of what was sent before comes again, in a part of its own.
    const again = fc.sample(fc.subarray(one.points), { seed: 8, numRuns: 1 })[0] ?? [];
    await scene.record.stored(one);
    if (again.length > 0) await scene.record.stored({ ...one, points: again });
    for (const { step, time, value: v } of one.points)
      known.set(JSON.stringify([one.run, one.key, step, time, String(v)]), { step, value: v });
  }
  const groups = new Map<string, { step: number; value: number }[]>();
  for (const [id, p] of known) {
    const name = (JSON.parse(id) as unknown[]).slice(0, 2).join('|');
    groups.set(name, [...(groups.get(name) ?? []), p]);
  }
  const expected = [...groups].map(([name, points]) => {
    const finite = points.filter((p) => Number.isFinite(p.value)).map((p) => p.value);
    return [
      ...name.split('|'),
      String(points.length),
      Math.max(...finite),
      Math.min(...finite),
      String(Math.max(...points.map((p) => p.step))),
    ];
  });
  expected.sort((a, b) => (a.join() < b.join() ? -1 : 1));
  const asked = `select run, key, count(*) as n, maxIf(value, isFinite(value)) as high, minIf(value, isFinite(value)) as low, max(step) as last
    from points where run in ('x', 'y') group by run, key order by run, key`;
  expect(await rows(asked)).toEqual(expected);
  expect(await rows(`select count(*) from points where run = 'x' and key = 'd''' and isNaN(value)`)).toEqual([
    [String((groups.get("x|d'") ?? []).filter((p) => Number.isNaN(p.value)).length)],
  ]);
  await scene.clickhouse.command('system start merges');
});

describe('a statement that reaches outside', () => {
  it.each(ATTACKS)('is refused at once: %s', async (_, sql) => {
    const begun = performance.now();
    const [status, code] = refusalOf(await ask(sql));
    expect([status, code]).toEqual([400, expect.stringMatching(/^(SQL|CLICKHOUSE_STATEMENT|HTTP)_/)]);
    expect(performance.now() - begun).toBeLessThan(1_500);
    expect(await rows('select count(*) from runs')).toEqual([['2']]);
  });

  it.each([
    [
      'memory',
      `select groupArray(concat(a.key, b.key, c.key, d.key, e.key, f.key)) from ${'abcdef'
        .split('')
        .map((t) => `points ${t}`)
        .join(', ')}`,
      /TOO_(LARGE|LONG)/,
    ],
    [
      'rows',
      `select a.step from ${'abcd'
        .split('')
        .map((t) => `points ${t}`)
        .join(', ')}`,
      /TOO_(MANY_ROWS|LARGE|LONG)/,
    ],
  ])('is ended when it takes too much: %s', async (_, sql, code) => {
    const answer = await ask(sql).catch((error: unknown) => ({ cut: error }));
    // A row too many comes late: then the connection is cut.
    if (!('cut' in answer)) expect(refusalOf(answer)).toEqual([400, expect.stringMatching(code)]);
    expect(await rows('select count(*) from runs')).toEqual([['2']]);
  });

  it('leaves nothing running when its client goes away', async () => {
    const controller = new AbortController();
    const sql = `select count(*) from ${'abcdefg'
      .split('')
      .map((t) => `points ${t}`)
      .join(', ')} where a.value * b.value + c.value > d.value`;
    const asked = fetch(`${scene.server.url}/api/v1/sql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${scene.keys.reader}`, 'content-type': 'application/json' },
      body: JSON.stringify({ sql }),
      signal: controller.signal,
    });
    const running = async () =>
      Number(
        (
          await scene.clickhouse.rows<{ n: string }>(
            `select count() as n from system.processes where query like '%insert into function file%' and query not like '%system.processes%'`,
          )
        )[0]?.n,
      );
    await until(async () => (await running()) === 1);
    controller.abort();
    await expect(asked).rejects.toThrow();
    const begun = performance.now();
    await until(async () => (await running()) === 0);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });
});

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 15_000;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error('it never came to be');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('two workspaces', () => {
  const TABLES = ['runs', 'params', 'tags', 'summaries', 'points'];
  it('never see each other, whatever is asked', async () => {
    for (const table of TABLES)
      for (const sql of [
        `select * from ${table}`,
        `select * from ${table} where run = '${MARK}' or 1 = 1`,
        `select a.* from ${table} a, ${table} b`,
        `select * from ${table} union all select * from ${table}`,
        `with ${table} as (select * from ${table}) select * from ${table}`,
        `select * from ${table} where run in (select run from points) or run not in (select run from runs)`,
      ]) {
        const mine = await ask(sql);
        expect([sql, mine.status]).toEqual([sql, 200]);
        expect(mine.text).not.toMatch(new RegExp(`${MARK}|777.25`));
        const theirs = await ask(sql, {}, scene.keys.other);
        expect([sql, theirs.status]).toEqual([sql, 200]);
        expect(theirs.text).toMatch(new RegExp(`${MARK}|777.25`));
        expect(theirs.text).not.toMatch(/second|vision/);
      }
  });

  it('has projects as a border when they are named', async () => {
    for (const table of TABLES) {
      const none = await ask(`select count(*) from ${table}`, { projects: ['nowhere'] });
      expect((none.body as SqlAnswer).rows).toEqual([['0']]);
      const all = await ask(`select count(*) > 0 from ${table}`, { projects: ['default'] });
      expect((all.body as SqlAnswer).rows).toEqual([[1]]);
    }
  });

  it('export their own', async () => {
    const lines = async (body: object, key = scene.keys.reader): Promise<string[]> => {
      const answer = await fetch(`${scene.server.url}/api/v1/export`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ format: 'jsonl', ...body }),
      });
      expect([body, answer.status]).toEqual([body, 200]);
      return (await answer.text()).split('\n').slice(0, -1);
    };
    for (const table of TABLES) {
      expect((await lines({ table })).join()).not.toMatch(new RegExp(`${MARK}|777.25`));
      expect(await lines({ table, runs: [MARK] })).toEqual([]);
    }
    expect((await lines({ table: 'points', filter: "attributes.run_id in ('first', 'second')" })).length).toBe(80);
    expect((await lines({ table: 'points', runs: ['first'], keys: ['loss'] })).length).toBe(20);
    expect((await lines({ table: 'params', filter: "params.lr = '0.1' and attributes.run_id = 'first'" })).length).toBe(
      1,
    );
    expect((await lines({ table: 'points', runs: [MARK] }, scene.keys.other)).length).toBe(2);
  });
});
