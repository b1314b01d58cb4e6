import { aliasName, instant, int64, isEntityId, isKey, modelName, name, workspaceId } from './names';

describe('int64', () => {
  it.each([0, -1, 9_007_199_254_740_991, '0', '-1', '9223372036854775807', '-9223372036854775808'])(
    'takes %p',
    (value) => expect(int64.safeParse(value).success).toBe(true),
  );

  it.each([
    1.5,
    2 ** 53,
    Number.NaN,
    '',
    '-',
    '+1',
    '1.0',
    '1e3',
    'abc',
    '0x10',
    ' 1',
    '9223372036854775808',
    '-9223372036854775809',
    null,
    1n,
  ])('refuses %p, and does not break on it', (value) => expect(int64.safeParse(value).success).toBe(false));
});

describe('names', () => {
  it.each(['a', '0', 'A.b_c:d-e', 'x'.repeat(128), '0190b5f0-0000-7000-8000-000000000000'])('may be ids: %p', (id) =>
    expect(isEntityId(id)).toBe(true),
  );
  it.each(['', '-a', '.', '..', 'a/b', 'a b', 'ä', 'a\n', 'x'.repeat(129), 'constructor', 'prototype', '__proto__'])(
    'may not be ids: %p',
    (id) => expect(isEntityId(id)).toBe(false),
  );

  it.each(['a', ' ', 'layer/0/w', 'ü🚀', '../..', "'; drop", 'x'.repeat(250), '__proto', 'Constructor'])(
    'may be keys: %p',
    (key) => expect([isKey(key), name(250).safeParse(key).success]).toEqual([true, true]),
  );
  it.each(['', '\0', 'a\0b', '\ud800', '\udc00a', '__proto__', 'constructor', 'prototype', 'x'.repeat(251)])(
    'may not be keys: %p',
    (key) => expect([isKey(key), name(250).safeParse(key).success]).toEqual([false, false]),
  );

  it.each([
    ['default', true],
    ['0-a', true],
    ['', false],
    ['-a', false],
    ['A', false],
    ['a_b', false],
    ['a/b', false],
    ['x'.repeat(64), false],
  ])('of workspaces: %p is %p', (id, allowed) => expect(workspaceId.safeParse(id).success).toBe(allowed));
});

describe('names in the registry', () => {
  it.each(['a', 'digit reader', '.a', 'a..b', 'ü', ' a', 'x'.repeat(256)])('%p is one of a model', (text) =>
    expect(modelName.safeParse(text).success).toBe(true),
  );
  it.each(['', ' ', '/', ':', 'a/b', 'a:b', 'a/', '.', '..', '..a', '__proto__', 'a\u0000', '\ud800', 'x'.repeat(257)])(
    '%p is none of a model',
    (text) => expect(modelName.safeParse(text).success).toBe(false),
  );
  it.each(['champion', 'a-b_c', '1', 'ü'])('%p is one of an alias', (text) =>
    expect(aliasName.safeParse(text).success).toBe(true),
  );
  it.each(['', 'a b', 'a.b', 'a/b', 'x'.repeat(256)])('%p is none of an alias', (text) =>
    expect(aliasName.safeParse(text).success).toBe(false),
  );
});

describe('instants', () => {
  it.each(['0000-01-01T00:00:00Z', '2024-02-29T23:59:59.123456789+23:59', '9999-12-31T23:59:59-23:59'])(
    '%p is one, and a time for every program that reads it',
    (text) => expect([instant.safeParse(text).success, Number.isFinite(Date.parse(text))]).toEqual([true, true]),
  );
  it.each([
    '',
    '2024-01-01',
    '2024-01-01T00:00:00',
    '2023-02-29T00:00:00Z',
    '2024-13-01T00:00:00Z',
    '2024-01-01T24:00:00Z',
  ])('%p is none', (text) => expect(instant.safeParse(text).success).toBe(false));
});
