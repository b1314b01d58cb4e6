import fc from 'fast-check';
import { exactJson, JsonText } from './exact-json';

it('writes what JSON cannot carry as strings, and keeps the sign of zero', () => {
  const answer = { values: [1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 1e300, 5e-324] };
  expect(exactJson(answer)).toBe('{"values":[1.5,"NaN","Infinity","-Infinity",-0.0,1e+300,5e-324]}');
  expect(Object.is(JSON.parse('-0.0'), -0)).toBe(true);
});

it('writes integers as numbers where every reader keeps them', () => {
  expect(exactJson([2n ** 53n - 1n, -(2n ** 53n), 2n ** 53n, -(2n ** 63n)])).toBe(
    '[9007199254740991,"-9007199254740992","9007199254740992","-9223372036854775808"]',
  );
});

it('leaves out members without a value', () => {
  expect(exactJson({ a: undefined, b: null, c: [undefined], d: new Date(0) })).toBe(
    '{"b":null,"c":[null],"d":"1970-01-01T00:00:00.000Z"}',
  );
});

it('writes whatever JSON can carry so that it reads back the same', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => expect(JSON.parse(exactJson(value))).toEqual(value)));
});

it('takes over what is JSON already', () => {
  expect(exactJson({ a: new JsonText('[1, 2]'), b: 3n })).toBe('{"a":[1, 2],"b":3}');
});
