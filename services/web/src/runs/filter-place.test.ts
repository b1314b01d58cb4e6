import { filterPlace } from './filter-place';

/** The cursor is where the bar stands. */
const at = (text: string) => {
  const cursor = text.indexOf('|');
  const { need, typed, from } = filterPlace(text.replace('|', ''), cursor);
  return [need, typed, from];
};

it.each([
  ['|', ['field', '', 0]],
  ['par|', ['field', 'par', 0]],
  ['params.lr|', ['field', 'params.lr', 0]],
  ['params.`a b|', ['field', 'params.`a b', 0]],
  ['params.lr |', ['comparator', '', 10]],
  ['params.lr NOT |', ['comparator', '', 14]],
  ["params.opt = 'ad|", ['value', "'ad", 13]],
  ['params.opt = |', ['value', '', 13]],
  ["params.opt IN ('a', |", ['value', '', 20]],
  ["params.opt IN ('a', 'b') |", ['joiner', '', 25]],
  ['params.opt IS NOT NULL |', ['joiner', '', 23]],
  ['metrics.loss < 0.5 A|', ['joiner', 'A', 19]],
  ["metrics.loss < 0.5 AND NOT (ta|gs.x = 'y')", ['field', 'ta', 28]],
])('%s', (text, expected) => {
  expect(at(text)).toEqual(expected);
});

it('knows what is compared', () => {
  expect(filterPlace("params.`a b` != 'x", 18)).toMatchObject({ field: 'params.`a b`', comparator: '!=' });
});
