import { isFault } from '@runledger/kernel';
import fc from 'fast-check';
import { parseStrictJson } from './strict-json';

const read = (text: string): unknown => parseStrictJson(Buffer.from(text));
const code = (text: string | Uint8Array): string => {
  try {
    parseStrictJson(typeof text === 'string' ? Buffer.from(text) : text);
    return 'ok';
  } catch (error) {
    return isFault(error) ? error.code : String(error);
  }
};

/** Values of which every text is clean and no member is named like a prototype's. */
const clean = fc.jsonValue({ maxDepth: 8, stringUnit: 'grapheme' }).filter((value) => {
  const text = JSON.stringify(value);
  return !text.includes('\\u0000') && !/"(__proto__|constructor|prototype)":/.test(text);
});

describe('strict JSON', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(clean, fc.constantFrom(undefined, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(read(text)).toStrictEqual(JSON.parse(text));
      }),
    );
  });

  it('answers any text with a value equal to that of JSON.parse, or with a fault', () => {
    const soup = fc.string({ unit: fc.constantFrom(...'{}[]:,"\\u0e1.-+n aul\u00e9\u{1f600}'), maxLength: 40 });
    fc.assert(
      fc.property(soup, (text) => {
        const said = code(text);
        if (said === 'ok') expect(read(text)).toStrictEqual(JSON.parse(text));
        else expect(said).toMatch(/^HTTP_/);
        if (said === 'HTTP_BAD_JSON') expect(() => JSON.parse(text) as unknown).toThrow();
      }),
      { numRuns: 2_000 },
    );
  });

  it('finds a member that comes twice wherever it stands and however it is spelt', () => {
    const names = fc.string({ unit: fc.constantFrom('a', ':', '"', '\\', '{', 'é'), maxLength: 4 });
    fc.assert(
      fc.property(clean, clean, names, fc.boolean(), (first, second, name, escaped) => {
        const plain = JSON.stringify(name);
        const again = escaped
          ? `"${[...name].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`
          : plain;
        const twice = `{${plain}:${JSON.stringify(first)},"other":{},${again}:${JSON.stringify(second)}}`;
        expect(code(`[1,{"deep":${twice}}]`)).toBe('HTTP_DUPLICATE_MEMBER');
        expect(code(`[{${plain}:1},{${again}:2}]`)).toBe('ok');
      }),
    );
  });

  it('finds members that come twice inside the value that the repeat hides', () => {
    expect(code('{"a":{"b":1,"c":2},"a":{"b":1,"c":2,"d":3}}')).toBe('HTTP_DUPLICATE_MEMBER');
    expect(code('{"a":{"b":1},"a":[]}')).toBe('HTTP_DUPLICATE_MEMBER');
  });

  it.each([
    ['', 'HTTP_BAD_JSON'],
    ['{"a":1', 'HTTP_BAD_JSON'],
    ['{"a":1}}', 'HTTP_BAD_JSON'],
    ['{"a":NaN}', 'HTTP_BAD_JSON'],
    ['[1,]', 'HTTP_BAD_JSON'],
    ['\ufeff{}', 'HTTP_BAD_JSON'],
    ['"a\u0000b"', 'HTTP_BAD_JSON'],
    ['"unfinished', 'HTTP_BAD_JSON'],
    ['"unfinished\\', 'HTTP_BAD_JSON'],
    ['{"a":"\\u0000"}', 'HTTP_UNCLEAN_TEXT'],
    ['{"\\u0000":1}', 'HTTP_UNCLEAN_TEXT'],
    ['["\\ud800"]', 'HTTP_UNCLEAN_TEXT'],
    ['["\\udc00\\ud800"]', 'HTTP_UNCLEAN_TEXT'],
    ['["\\ud83d\\ude00"]', 'ok'],
    ['["\\\\u0000"]', 'ok'],
    ['{"__proto__":{"polluted":true}}', 'HTTP_PROTOTYPE_NAME'],
    ['{"\\u005f_proto__":1}', 'HTTP_PROTOTYPE_NAME'],
    ['[{"x":{"constructor":1}}]', 'HTTP_PROTOTYPE_NAME'],
    ['{"prototype":null}', 'HTTP_PROTOTYPE_NAME'],
    ['["__proto__"]', 'ok'],
    ['1e999', 'HTTP_INEXACT_NUMBER'],
    ['[-1e999]', 'HTTP_INEXACT_NUMBER'],
    [`${'9'.repeat(400)}`, 'HTTP_INEXACT_NUMBER'],
    ['{"step":9007199254740993}', 'HTTP_INEXACT_NUMBER'],
    ['{"é":-9223372036854775807}', 'HTTP_INEXACT_NUMBER'],
    ['{"é":"9007199254740993","x":[-9223372036854775808]}', 'ok'],
    ['[9007199254740992,1152921504606846976,1152921504606847000]', 'ok'],
    ['[9007199254740993.5,1e20,100000000000000000000]', 'ok'],
  ])('answers %j with %s', (text, expected) => {
    expect(code(text)).toBe(expected);
  });

  it('keeps every double as it was written, whatever program writes it', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(read(JSON.stringify([value]))).toStrictEqual(JSON.parse(JSON.stringify([value])));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    [Uint8Array.of(0x22, 0xff, 0x22)],
    [Uint8Array.of(0x22, 0xc0, 0x80, 0x22)],
    [Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22)],
    [Uint8Array.of(0x22, 0xf4, 0x90, 0x80, 0x80, 0x22)],
    [Uint8Array.of(0xff, 0xfe, 0x7b, 0x00)],
  ])('refuses bytes that are not UTF-8 (%p)', (bytes) => {
    expect(code(bytes)).toBe('HTTP_UNCLEAN_TEXT');
  });

  it('refuses deep nesting quickly, before anything is built', () => {
    const deep = (n: number) => '['.repeat(n) + ']'.repeat(n);
    expect(code(deep(64))).toBe('ok');
    expect(code(deep(65))).toBe('HTTP_TOO_DEEP');
    expect(code('{"a":['.repeat(33))).toBe('HTTP_TOO_DEEP');
    const began = performance.now();
    expect(code(deep(4_000_000))).toBe('HTTP_TOO_DEEP');
    expect(performance.now() - began).toBeLessThan(500);
    expect(code(`"${deep(100)}"`)).toBe('ok');
  });
});

it('gives integers that a double would change as text, where that is asked for', () => {
  const text =
    '{"ü\\"9223372036854775807":9223372036854775807,"b":[-9223372036854775808,1,0.1,1e300,9007199254740993,4611686018427388000]}';
  expect(parseStrictJson(Buffer.from(text), 'text')).toEqual({
    'ü"9223372036854775807': '9223372036854775807',
    b: [-(2 ** 63), 1, 0.1, 1e300, '9007199254740993', '4611686018427388000'],
  });
  expect(() => parseStrictJson(Buffer.from(text))).toThrow('not exact');
});
