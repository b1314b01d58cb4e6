import { readCompareState, writeCompareState } from './compare-state';

it('is the same after the address', () => {
  const state = {
    runs: ['a', 'b'],
    tab: 'scatter' as const,
    baseline: 'b',
    x: 'params.lr',
    y: 'metrics-min.val/loss',
    colour: 'tags.team',
    groupBy: 'params.opt',
  };
  expect(readCompareState(JSON.parse(JSON.stringify(writeCompareState(state))))).toEqual(state);
  expect(writeCompareState(readCompareState({}))).toEqual({});
});

it('takes no nonsense from an address', () => {
  const search = {
    runs: ['a', 'a', 7, '../x'],
    tab: 'x',
    baseline: '<b>',
    x: 'name',
    y: 3,
    colour: 'params.',
    group: 'metrics.a',
  };
  expect(writeCompareState(readCompareState(search))).toEqual({ runs: ['a'] });
});
