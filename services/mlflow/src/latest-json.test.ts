import { latestJson } from './latest-json';

describe('latestJson', () => {
  it('writes what a client reads back exactly', () => {
    const text = latestJson({
      names: ['a "quoted" \u{1F600} name', 'nan', 'inf', 'low', 'zero', 'tiny', 'whole'],
      values: ['0.1', 'NaN', 'Infinity', '-Infinity', '-0', '5e-324', '123456789012345680'],
      steps: ['0', '-1', '999999999999999', '9007199254740993', '-9223372036854775808', '9007199254740991', '1'],
      times: ['1790000000000', '0', '0', '0', '0', '0', '9223372036854775807'],
    });
    expect(text).toContain('"value":-0.0,');
    const found = JSON.parse(`[${text}]`) as Array<Record<string, unknown>>;
    expect(found.map(({ key }) => key)).toEqual([
      'a "quoted" \u{1F600} name',
      'nan',
      'inf',
      'low',
      'zero',
      'tiny',
      'whole',
    ]);
    expect(found.map(({ value }) => value)).toEqual([
      0.1,
      'NaN',
      'Infinity',
      '-Infinity',
      -0,
      5e-324,
      123456789012345680,
    ]);
    expect(found.map(({ step }) => step)).toEqual([
      0,
      -1,
      999999999999999,
      '9007199254740993',
      '-9223372036854775808',
      9007199254740991,
      1,
    ]);
    expect(found.map(({ timestamp }) => timestamp)).toEqual([1790000000000, 0, 0, 0, 0, 0, '9223372036854775807']);
  });

  it('writes nothing of nothing', () => {
    expect(latestJson({ names: [], values: [], steps: [], times: [] })).toBe('');
  });
});
