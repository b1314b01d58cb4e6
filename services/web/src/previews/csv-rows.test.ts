import { csvRows } from './csv-rows';

const whole = (text: string) => csvRows({ text, isWhole: true });

it('reads quotes, line ends in cells, and whichever separator a file has', () => {
  expect(whole('a,b\r\n"x, ""y""","1\n2"\r\n')).toEqual({
    columns: ['a', 'b'],
    rows: [['x, "y"', '1\n2']],
    leftOut: null,
  });
  expect(whole('a\tb\n1\t2\n').rows).toEqual([['1', '2']]);
  expect(whole('a;b\n1;2\n3;4\n').columns).toEqual(['a', 'b']);
});

it('says what it leaves out: rows, columns, and a row that was cut', () => {
  const long = ['n', ...Array.from({ length: 700 }, (_, n) => String(n))].join('\n');
  expect(whole(long)).toMatchObject({ leftOut: 'Shown: the first 500 rows.' });
  expect(whole(long).rows).toHaveLength(500);
  const wide = `${Array.from({ length: 60 }, (_, n) => `c${n}`).join(',')}\n`;
  expect(whole(wide)).toMatchObject({ leftOut: 'Shown: 50 of 60 columns.' });
  expect(csvRows({ text: 'a,b\n1,2\n3,', isWhole: false })).toMatchObject({
    rows: [['1', '2']],
    leftOut: 'Shown: the first 1 rows.',
  });
});

it('takes anything for a table, also an empty file and rows of differing lengths', () => {
  expect(whole('')).toEqual({ columns: [], rows: [], leftOut: null });
  expect(whole('a\n1,2,3\n').columns).toEqual(['a', '', '']);
});
