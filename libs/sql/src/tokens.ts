import { sqlFault } from './sql-fault';

export type Token = Readonly<{
  kind: 'word' | 'quoted' | 'number' | 'text' | 'sign' | 'end';
  /** Of a text or a quoted name, what it stands for; a word as it was written. */
  text: string;
  offset: number;
}>;

const SPACE = /(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/y;
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![A-Za-z0-9_])/y;
const TEXT = /'(?:[^']|'')*'/y;
const NAME = /"((?:[^"]|"")+)"|`((?:[^`]|``)+)`/y;
const SIGN = /<>|!=|<=|>=|\|\||[()+\-*/%,.;=<>]/y;

/** Longest statement, in UTF-16 units. */
export const LONGEST_STATEMENT = 100_000;

/**
 * Words and signs of a statement. Strings are standard SQL: two quotes stand for one, and a backslash is a backslash.
 * @throws Fault invalid SQL_BAD_SYNTAX, SQL_TOO_LARGE
 */
export function tokenize(sql: string): Token[] {
  if (sql.length > LONGEST_STATEMENT)
    throw sqlFault('SQL_TOO_LARGE', LONGEST_STATEMENT, `a statement has at most ${LONGEST_STATEMENT} characters`);
  const tokens: Token[] = [];
  let offset = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = offset;
    return pattern.exec(sql);
  };
  for (;;) {
    offset += match(SPACE)?.[0].length ?? 0;
    if (offset >= sql.length) break;
    const [token, length] = readToken(match, offset);
    tokens.push(token);
    offset += length;
  }
  tokens.push({ kind: 'end', text: '', offset });
  return tokens;
}

function readToken(match: (pattern: RegExp) => RegExpExecArray | null, offset: number): [Token, number] {
  const word = match(WORD);
  if (word) return [{ kind: 'word', text: word[0], offset }, word[0].length];
  const number = match(NUMBER);
  if (number) return [{ kind: 'number', text: number[0], offset }, number[0].length];
  const text = match(TEXT);
  if (text) return [{ kind: 'text', text: text[0].slice(1, -1).replaceAll("''", "'"), offset }, text[0].length];
  const name = match(NAME);
  if (name) {
    const meant = name[1]?.replaceAll('""', '"') ?? name[2]?.replaceAll('``', '`') ?? '';
    return [{ kind: 'quoted', text: meant, offset }, name[0].length];
  }
  const sign = match(SIGN);
  if (sign) return [{ kind: 'sign', text: sign[0], offset }, sign[0].length];
  throw sqlFault('SQL_BAD_SYNTAX', offset, 'this is no SQL that is known here');
}
