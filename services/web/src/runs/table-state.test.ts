import { moved, movedTo, nextSort, readTableState, writeTableState } from './table-state';

it('is the same after the address', () => {
  const state = {
    filter: "params.opt = 'adam'",
    sort: '-metrics.val/loss',
    columns: ['name', 'params.lr'],
    pinned: [],
    widths: { name: 200 },
    varying: true,
    groupBy: ['params.opt'],
    best: 'max:val/acc',
    deleted: true,
    view: 'v1',
  };
  expect(readTableState(JSON.parse(JSON.stringify(writeTableState(state))))).toEqual(state);
});

it('writes nothing for a table that nobody touched', () => {
  expect(writeTableState(readTableState({}))).toEqual({});
});

it.each([
  {
    q: 7,
    sort: null,
    cols: 'name',
    pin: [1, {}],
    w: { name: 'wide', a: 5, b: 1e9 },
    vary: 'perhaps',
    group: ['name', 'params.', 7],
    best: 'most',
    deleted: 1,
    view: '../x',
  },
  { cols: ['a', 'a', ''], w: [] },
])('takes no nonsense from an address: %j', (search) => {
  const { filter, sort, widths, varying, groupBy, best, deleted, view, columns } = readTableState(search);
  expect({ filter, sort, widths, varying, groupBy, best, deleted, view }).toEqual({
    filter: '',
    sort: '',
    widths: {},
    varying: false,
    groupBy: [],
    best: null,
    deleted: false,
    view: null,
  });
  expect([null, ['a']]).toContainEqual(columns);
});

it('sorts up, down, and not at all', () => {
  expect([nextSort('', 'a'), nextSort('a', 'a'), nextSort('-a', 'a'), nextSort('b', 'a')]).toEqual([
    'a',
    '-a',
    '',
    'a',
  ]);
});

it('moves a column within the table', () => {
  expect(moved(['a', 'b', 'c'], 'c', -1)).toEqual(['a', 'c', 'b']);
  expect(moved(['a', 'b', 'c'], 'a', -1)).toEqual(['a', 'b', 'c']);
  expect(moved(['a', 'b'], 'x', 1)).toEqual(['a', 'b']);
});

it('moves a column to the place of another, from either side', () => {
  expect(movedTo(['a', 'b', 'c'], 'a', 'c')).toEqual(['b', 'c', 'a']);
  expect(movedTo(['a', 'b', 'c'], 'c', 'a')).toEqual(['c', 'a', 'b']);
  expect(movedTo(['a', 'b'], 'a', 'a')).toEqual(['a', 'b']);
});
