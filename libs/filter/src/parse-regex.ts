import { filterFault } from './filter-fault';
import { type CharSet, charSet, complement, type Regex } from './regex';
import { ANY_BUT_NEWLINE, foldAscii, foldsInAscii } from './regex-classes';
import { type Char, RegexReader } from './regex-reader';

/** Groups inside each other. */
const MAX_DEPTH = 20;
/** What Postgres can count to; RE2 goes to 1,000. */
const MAX_REPEAT = 255;
/** Characters after all repetitions are written out: what a matcher of it costs. */
const MAX_SIZE = 2_000;
const MAX_LENGTH = 1_000;

type Flags = Readonly<{ fold: boolean; dotAll: boolean }>;
type Parsing = { readonly reader: RegexReader; depth: number };

/**
 * Reads a regular expression of RE2's syntax, and refuses what RE2 has not (lookaround, references back) as well as what would not
 * match the same texts in Postgres: `(?m)`, `(?i)` beyond ASCII, Unicode classes. @throws Fault invalid FILTER_BAD_REGEX
 */
export function parseRegex(pattern: string, offset = 0): Regex {
  const reader = new RegexReader(pattern, offset);
  if (pattern.length > MAX_LENGTH) throw reader.fault(`has at most ${MAX_LENGTH} characters`);
  const regex = parseEither({ reader, depth: 0 }, { fold: false, dotAll: false });
  if (!reader.isAtEnd) throw reader.fault('this ) closes nothing');
  if (sizeOf(regex) > MAX_SIZE) throw filterFault('FILTER_BAD_REGEX', offset, 'its repetitions make it too large');
  return regex;
}

/** @throws Fault invalid FILTER_BAD_REGEX */
export function checkRegex(pattern: string, offset: number): void {
  parseRegex(pattern, offset);
}

function sizeOf(regex: Regex): number {
  switch (regex.is) {
    case 'sequence':
    case 'either':
      return regex.items.reduce((sum, item) => sum + sizeOf(item), 1);
    case 'repeat':
      return sizeOf(regex.item) * Math.max(1, regex.most ?? regex.least);
    default:
      return 1;
  }
}

function parseEither(parsing: Parsing, flags: Flags): Regex {
  const state = { flags };
  const items = [parseSequence(parsing, state)];
  while (parsing.reader.take('|')) items.push(parseSequence(parsing, state));
  return items.length === 1 ? (items[0] as Regex) : { is: 'either', items };
}

/** A flag that stands alone, as in `(?i)`, holds to the end of its group: hence the state. */
function parseSequence(parsing: Parsing, state: { flags: Flags }): Regex {
  const { reader } = parsing;
  const items: Regex[] = [];
  while (!reader.isAtEnd && !reader.sees('|') && !reader.sees(')')) {
    if (reader.take('\\Q')) items.push(...parseLiteral(reader, state.flags));
    else items.push(...parseItem(parsing, state));
    const last = items.pop();
    if (last !== undefined) items.push(parseRepeat(reader, last));
  }
  return items.length === 1 ? (items[0] as Regex) : { is: 'sequence', items };
}

const PLACES = [
  ['^', 'start'],
  ['$', 'end'],
  ['\\A', 'start'],
  ['\\z', 'end'],
  ['\\b', 'boundary'],
  ['\\B', 'inside'],
] as const;

/** One thing that may be repeated; nothing where flags were set. */
function parseItem(parsing: Parsing, state: { flags: Flags }): Regex[] {
  const { reader } = parsing;
  const { flags } = state;
  if (reader.take('(')) return parseGroup(parsing, state);
  if (reader.take('[')) return [{ is: 'chars', set: parseClass(reader, flags) }];
  if (reader.take('.')) return [{ is: 'chars', set: flags.dotAll ? complement([]) : ANY_BUT_NEWLINE }];
  for (const [text, is] of PLACES) if (reader.take(text)) return [{ is }];
  if (['*', '+', '?'].some((sign) => reader.sees(sign))) throw reader.fault('there is nothing to repeat here');
  return [{ is: 'chars', set: setOf(reader.takeChar(), flags, reader) }];
}

/** A set as it is meant: under `(?i)` with the other cases of its letters. A negated class is folded before it is negated. */
function setOf(char: Char, { fold }: Flags, reader: RegexReader): CharSet {
  const set: CharSet = typeof char === 'number' ? [[char, char]] : char;
  if (!fold) return set;
  if (foldsInAscii(set)) return foldAscii(set);
  const rest = complement(set);
  if (typeof char === 'number' || !foldsInAscii(rest))
    throw reader.fault('(?i) is understood for letters of ASCII only');
  return complement(foldAscii(rest));
}

/** `\Q…\E` */
function parseLiteral(reader: RegexReader, flags: Flags): Regex[] {
  return Array.from(reader.takeUntil('\\E'), (char): Regex => {
    return { is: 'chars', set: setOf(char.codePointAt(0) as number, flags, reader) };
  });
}

function parseGroup(parsing: Parsing, state: { flags: Flags }): Regex[] {
  const { reader } = parsing;
  let { flags } = state;
  if (!reader.takeMatch(/\?P?<[A-Za-z_]\w*>/y) && reader.take('?')) {
    flags = readFlags(reader, flags);
    if (reader.take(')')) {
      state.flags = flags;
      if (['*', '+', '?'].some((sign) => reader.sees(sign))) throw reader.fault('there is nothing to repeat here');
      return [];
    }
    if (!reader.take(':')) throw reader.fault('RE2 has no such group');
  }
  if (++parsing.depth > MAX_DEPTH) throw reader.fault(`groups are at most ${MAX_DEPTH} deep`);
  const inner = parseEither(parsing, flags);
  parsing.depth--;
  if (!reader.take(')')) throw reader.fault('a ( is never closed');
  return [inner];
}

function readFlags(reader: RegexReader, before: Flags): Flags {
  const found = reader.takeMatch(/([imsU]*)(?:-([imsU]+))?(?=[:)])/y);
  if (found === null) throw reader.fault('RE2 has no such group');
  const [, on = '', off = ''] = found;
  if (on.includes('m')) throw reader.fault('(?m) is not understood here: ^ and $ are the ends of the whole text');
  const flag = (letter: string, was: boolean): boolean => (was || on.includes(letter)) && !off.includes(letter);
  return { fold: flag('i', before.fold), dotAll: flag('s', before.dotAll) };
}

/** Whether as few or as many as possible are taken changes no match, so `?` behind a repetition is read over. */
function parseRepeat(reader: RegexReader, item: Regex): Regex {
  const counts = takeCounts(reader);
  if (counts === null) return item;
  const [least, most] = counts;
  reader.take('?');
  if (least > MAX_REPEAT || (most ?? 0) > MAX_REPEAT || (most !== null && most < least))
    throw reader.fault(`repetitions count from 0 to ${MAX_REPEAT}, upwards`);
  if (['*', '+', '?'].some((sign) => reader.sees(sign)) || reader.seesMatch(/\{\d+(,\d*)?\}/y))
    throw reader.fault('one repetition cannot follow another');
  return { is: 'repeat', item, least, most };
}

function takeCounts(reader: RegexReader): [number, number | null] | null {
  if (reader.take('*')) return [0, null];
  if (reader.take('+')) return [1, null];
  if (reader.take('?')) return [0, 1];
  const counted = reader.takeMatch(/\{(\d{1,9})(,(\d{0,9}))?\}/y);
  if (counted === null) return null;
  const [, least, comma, most] = counted;
  if (comma === undefined) return [Number(least), Number(least)];
  return [Number(least), most === '' ? null : Number(most)];
}

function rangeOf(low: number, high: number, { fold }: Flags, reader: RegexReader): CharSet {
  if (!fold) return [[low, high]];
  if (!foldsInAscii([[low, high]])) throw reader.fault('(?i) is understood for letters of ASCII only');
  return foldAscii([[low, high]]);
}

/** What stands in brackets, the opening one taken. */
function parseClass(reader: RegexReader, flags: Flags): CharSet {
  const isNegated = reader.take('^');
  const ranges: Array<readonly [number, number]> = [];
  for (let isFirst = true; isFirst || !reader.take(']'); isFirst = false) {
    const low = reader.takeClassChar();
    if (typeof low !== 'number' || !reader.seesMatch(/-[^\]]/y)) ranges.push(...setOf(low, flags, reader));
    else {
      reader.take('-');
      const high = reader.takeClassChar();
      if (typeof high !== 'number' || high < low) throw reader.fault('this range has no end above its beginning');
      ranges.push(...rangeOf(low, high, flags, reader));
    }
  }
  const set = charSet(ranges);
  return isNegated ? complement(set) : set;
}
