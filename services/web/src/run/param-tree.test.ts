import { paramLines } from './param-tree';

const params = ['lr', 'model.depth', 'model.head.bias', 'model.head.size', 'opt/name', '.odd', 'end.'].map((key) => ({
  key,
}));
const told = (closed: readonly string[] = []) =>
  paramLines(params, new Set(closed)).map(
    ({ name, depth, param, count }) => `${' '.repeat(depth)}${name}${param === null ? ` (${count})` : ''}`,
  );

it('puts params under the prefixes that they share, and a lone one under its whole name', () => {
  expect(told()).toEqual(['lr', 'model. (3)', ' depth', ' head. (2)', '  bias', '  size', 'opt/name', '.odd', 'end.']);
});

it('leaves out what is under a closed prefix', () => {
  expect(told(['model.'])).toEqual(['lr', 'model. (3)', 'opt/name', '.odd', 'end.']);
  expect(told(['model.head.'])).toEqual(['lr', 'model. (3)', ' depth', ' head. (2)', 'opt/name', '.odd', 'end.']);
});

it('has room for names that are prefixes of others', () => {
  expect(paramLines([{ key: 'a' }, { key: 'a.b' }, { key: 'a.c' }], new Set()).map(({ path }) => path)).toEqual([
    'a',
    'a.',
    'a.b',
    'a.c',
  ]);
});
