import { int64 } from './names';

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
