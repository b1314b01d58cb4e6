import { type CharSet, charSet, complement } from './regex';

const set = (...texts: string[]): CharSet =>
  charSet(texts.map((t) => [t.codePointAt(0) as number, t.codePointAt(t.length - 1) as number]));

const DIGIT = set('09');
const SPACE = set('\t\n', '\f\r', ' ');
const WORD = set('09', 'AZ', '__', 'az');

/** RE2's `\d`, `\s` and `\w` are of ASCII, whatever the locale. */
export const PERL_CLASSES: Readonly<Record<string, CharSet>> = {
  d: DIGIT,
  D: complement(DIGIT),
  s: SPACE,
  S: complement(SPACE),
  w: WORD,
  W: complement(WORD),
};

export const POSIX_CLASSES: Readonly<Record<string, CharSet>> = {
  alnum: set('09', 'AZ', 'az'),
  alpha: set('AZ', 'az'),
  ascii: set('\0\x7f'),
  blank: set('\t', ' '),
  cntrl: set('\0\x1f', '\x7f'),
  digit: DIGIT,
  graph: set('!~'),
  lower: set('az'),
  print: set(' ~'),
  punct: set('!/', ':@', '[`', '{~'),
  space: set('\t\r', ' '),
  upper: set('AZ'),
  word: WORD,
  xdigit: set('09', 'AF', 'af'),
};

/** Everything but a newline. */
export const ANY_BUT_NEWLINE: CharSet = complement(set('\n'));

const [KELVIN, LONG_S] = [0x212a, 0x17f];

/** The set with the other case of its ASCII letters, and the two signs that Unicode folds onto `k` and `s`. */
export function foldAscii(chars: CharSet): CharSet {
  const folded: Array<readonly [number, number]> = [...chars];
  const has = (point: number): boolean => chars.some(([low, high]) => low <= point && point <= high);
  for (let lower = 97; lower <= 122; lower++) {
    const upper = lower - 32;
    const more = lower === 107 ? [KELVIN] : lower === 115 ? [LONG_S] : [];
    const orbit = [lower, upper, ...more];
    if (orbit.some(has)) folded.push(...orbit.map((point) => [point, point] as const));
  }
  return charSet(folded);
}

/** Whether folding by `foldAscii` is all the folding that Unicode asks for. */
export const foldsInAscii = (chars: CharSet): boolean =>
  chars.every(([low, high]) => high < 128 || (low === high && (low === KELVIN || low === LONG_S)));
