import { isPlaceOf, type PlacePart } from './search-place';

const of = (type: PlacePart['type'], nullable = false): PlacePart => ({ type, nullable });
const isOne = (type: PlacePart['type'], text: string): boolean => isPlaceOf([of(type)], [text]);

it('knows what Postgres writes of each type', () => {
  for (const text of ['0', '-0', '0.1', '-12.5', '1e+300', '4.9e-324', '123456789012', 'NaN', 'Infinity', '-Infinity'])
    expect([text, isOne('float8', text)]).toEqual([text, true]);
  for (const text of ['0', '-1', '9223372036854775807', '-9223372036854775808'])
    expect([text, isOne('int8', text)]).toEqual([text, true]);
  for (const text of ['2026-01-02 03:04:05+00', '2026-01-02 03:04:05.678901-03:30', '0044-03-15 12:00:00+00 BC'])
    expect([text, isOne('timestamptz', text)]).toEqual([text, true]);
  expect(isOne('text', 'anything')).toBe(true);
});

it('refuses what a statement could not read', () => {
  for (const text of ['', 'abc', '1e400x', '0x1', '1,5', 'nan', ' 1'])
    expect([text, isOne('float8', text)]).toEqual([text, false]);
  for (const text of ['', '1.5', '9223372036854775808', '1e3', '--1'])
    expect([text, isOne('int8', text)]).toEqual([text, false]);
  for (const text of ['', 'now', '2026-01-02', '1790000000000', '2026-01-02T03:04:05Z'])
    expect([text, isOne('timestamptz', text)]).toEqual([text, false]);
});

it('refuses places with other parts, and nothing where something stands in every row', () => {
  const order = [of('float8', true), of('text')];
  expect(isPlaceOf(order, [null, 'r'])).toBe(true);
  for (const place of [[], ['1'], ['1', 'r', 'r'], ['1', null]])
    expect([place, isPlaceOf(order, place)]).toEqual([place, false]);
});
