import { isFault } from '@runledger/kernel';
import * as fc from 'fast-check';
import { planStatement } from './plan-statement';

const textOf = (sql: string): string => planStatement(sql).text;
const refusal = (sql: string): unknown[] => {
  try {
    return ['taken', textOf(sql)];
  } catch (error) {
    if (!isFault(error)) throw error;
    return [error.code, (error.context['details'] as { offset: number }).offset];
  }
};

it.each([
  ['select 1 + 2 * 3 - 4', 'select ((1 + (2 * 3)) - 4)'],
  ['select not a = 1 or b and c from runs', 'select ((not (`a` = 1)) or (`b` and `c`)) from runs_0 as `runs`'],
  ['select 1 as "a`b"', 'select 1 as `a\\`b`'],
  ["select 'a\\' || 'it''s'", "select concat('a\\\\', 'it\\'s')"],
  ['select COUNT(*), Sum(x) from points p', 'select count(), sum(`x`) from points_0 as `p`'],
  ['select stddev(distinct x) from points', 'select stddevSamp(distinct `x`) from points_0 as `points`'],
  ['select -- one\n 1 /* two */', 'select 1'],
  [
    'select 1 union select 2 union all select 3 limit 1',
    'select * from (select * from (select 1 union distinct select 2) union all select 3) limit 1',
  ],
  [
    'with runs as (select 1 as a) select a from runs',
    'with cte_0 as (select 1 as `a`) select `a` from cte_0 as `runs`',
  ],
])('prints %s', (sql, expected) => expect(textOf(sql)).toBe(expected));

it.each<[string, unknown[]]>([
  ['select 1 from', ['SQL_BAD_SYNTAX', 13]],
  ['select  * from system.one', ['SQL_UNKNOWN_TABLE', 15]],
  ['select evil(1)', ['SQL_UNKNOWN_FUNCTION', 7]],
  ['select 1 where a in (b)', ['SQL_NOT_ALLOWED', 21]],
  [`select ${'('.repeat(101)}1`, ['SQL_TOO_LARGE', 106]],
  ['with a as (select 1), b as (select 1 from c), c as (select 1) select 1', ['SQL_UNKNOWN_TABLE', 42]],
  ['select a.* b from runs', ['SQL_BAD_SYNTAX', 11]],
])('refuses %s', (sql, expected) => expect(refusal(sql)).toEqual(expected));

it.each([
  ["select 1 from points where run = 'a' and key in ('x', 'y') and key in ('y', 'z')", { run: ['a'], key: ['y'] }],
  ["select 1 from points where 'a' = run or key = 'x'", {}],
  ["select 1 from points where not run = 'a'", {}],
  ["select 1 from points p where p.run = 'a' and q.key = 'b'", { run: ['a'] }],
  ["select 1 from points p join runs r on p.run = r.run and p.key = 'k' where r.run = 'a'", { key: ['k'] }],
  ["select 1 from points p left join runs r on p.run = r.run and p.key = 'k'", {}],
  ["select 1 from points p full join runs r on p.key = 'k' and r.run = p.run", {}],
  ["select 1 from points where run in (select run from runs where key = 'k')", {}],
])('knows what counts: %s', (sql, narrow) => {
  expect(planStatement(sql).uses.find(({ view }) => view === 'points')?.narrow).toEqual(narrow);
});

it('copies no column that is not named, and all for a star', () => {
  expect(
    planStatement('select p.value from params p join runs using (run)').uses.map(({ columns }) => columns),
  ).toEqual([['run', 'value'], ['run']]);
  expect(planStatement('select count(*) from tags').uses[0]?.columns).toEqual(['run']);
  expect(planStatement('select * from tags').uses[0]?.columns).toEqual(['run', 'key', 'value']);
});

it('lets no text out of its quotes', () => {
  const words = fc.array(
    fc.oneof(
      fc.constantFrom(
        "'",
        '"',
        '`',
        '\\',
        '--',
        '/*',
        '*/',
        ';',
        '(',
        ')',
        ' ',
        'select',
        'from',
        'system',
        '.',
        ',',
        '1',
        'runs',
        'in',
      ),
      fc.string(),
    ),
  );
  fc.assert(
    fc.property(words, (parts) => {
      const printed = refusal(
        `select '${parts.join('').replaceAll("'", "''")}' as x, "${parts.join('').replaceAll('"', '""')}a"`,
      );
      if (printed[0] !== 'taken') return expect(printed[0]).toMatch(/^SQL_/);
      const bare = String(printed[1]).replaceAll(/'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`/gs, '?');
      expect(bare).toBe('select ? as ?, ?');
    }),
  );
  fc.assert(fc.property(words, (parts) => void refusal(parts.join(' '))));
});
