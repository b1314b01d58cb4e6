import { isCleanText } from '@runledger/contracts';
import { filterFault } from './filter-fault';

/** `word`: an unquoted run of what names are made of. `name`: in backticks. `text`: in single or double quotes, told by `quote`. */
export type Token =
  | Readonly<{ kind: 'word' | 'name' | 'number' | 'symbol' | 'end'; text: string; at: number; end: number }>
  | Readonly<{ kind: 'text'; text: string; quote: '"' | "'"; at: number; end: number }>;

const SPACE = /\s*/y;
const NUMBER = /[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\p{L}\p{N}_.])/uy;
/** There is no arithmetic, so that `-`, `/` and `:` may stand in names without quotes. */
const WORD = /[\p{L}_.][\p{L}\p{N}_./:@-]*/uy;
const SYMBOL = /!=|<=|>=|[=<>(),]/y;

const at = (pattern: RegExp, text: string, from: number): string | undefined => {
  pattern.lastIndex = from;
  return pattern.exec(text)?.[0];
};

/** A quoted text with its quotes, from the one at `from` on; a doubled quote stands for itself. */
function readQuoted(source: string, from: number): { text: string; end: number } {
  const quote = source[from] as string;
  let text = '';
  for (let i = from + 1; ; ) {
    const close = source.indexOf(quote, i);
    if (close < 0) throw filterFault('FILTER_BAD_SYNTAX', from, `this ${quote} is never closed`);
    text += source.slice(i, close);
    if (source[close + 1] !== quote) return { text, end: close + 1 };
    text += quote;
    i = close + 2;
  }
}

function readToken(source: string, from: number): Token {
  const char = source[from];
  if (char === '"' || char === "'") return { kind: 'text', quote: char, at: from, ...readQuoted(source, from) };
  if (char === '`') return { kind: 'name', at: from, ...readQuoted(source, from) };
  const number = at(NUMBER, source, from);
  if (number !== undefined) return { kind: 'number', text: number, at: from, end: from + number.length };
  const word = at(WORD, source, from);
  if (word !== undefined) return { kind: 'word', text: word, at: from, end: from + word.length };
  const symbol = at(SYMBOL, source, from);
  if (symbol !== undefined) return { kind: 'symbol', text: symbol, at: from, end: from + symbol.length };
  throw filterFault('FILTER_BAD_SYNTAX', from, 'this character means nothing here');
}

/** The tokens of a filter, and an `end` behind them. */
export function tokenize(source: string): Token[] {
  if (!isCleanText(source)) throw filterFault('FILTER_BAD_SYNTAX', 0, 'must be well-formed Unicode without NUL');
  const tokens: Token[] = [];
  for (let i = 0; ; ) {
    i += at(SPACE, source, i)?.length ?? 0;
    if (i >= source.length) {
      tokens.push({ kind: 'end', text: '', at: i, end: i });
      return tokens;
    }
    const token = readToken(source, i);
    tokens.push(token);
    i = token.end;
  }
}
