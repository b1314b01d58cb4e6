import { sqlFault } from './sql-fault';
import type { Token } from './tokens';

/** Words that end an expression or a source, and so are no alias without AS. */
const RESERVED = new Set(
  `select from where group by having order limit offset union all distinct join inner left right full outer cross on using
   as and or not in is null like ilike between case when then else end with asc desc nulls over partition exists
   settings format into outfile except intersect prewhere sample final window qualify array global any asof semi anti fetch
   true false`.split(/\s+/),
);
/** Deepest nesting: the parser and the engine both recurse. */
const DEEPEST = 100;

/** Reads tokens one after another, and says what was expected where something else stands. */
export class TokenReader {
  #at = 0;
  #depth = 0;
  constructor(private readonly tokens: readonly Token[]) {}

  get next(): Token {
    return this.tokens[this.#at] as Token;
  }

  take(): Token {
    const token = this.next;
    if (token.kind !== 'end') this.#at++;
    return token;
  }

  isWord(...words: readonly string[]): boolean {
    return words.every((word, i) => {
      const token = this.tokens[this.#at + i];
      return token?.kind === 'word' && token.text.toLowerCase() === word;
    });
  }

  /** Takes these words when they come next. */
  word(...words: readonly string[]): boolean {
    const found = this.isWord(...words);
    if (found) this.#at += words.length;
    return found;
  }

  isSign(text: string, ahead = 0): boolean {
    const token = this.tokens[this.#at + ahead];
    return token?.kind === 'sign' && token.text === text;
  }

  sign(text: string): boolean {
    const found = this.isSign(text);
    if (found) this.#at++;
    return found;
  }

  mustWord(word: string): void {
    if (!this.word(word)) this.fail(`expected ${word.toUpperCase()}`);
  }

  mustSign(text: string): void {
    if (!this.sign(text)) this.fail(`expected ${text}`);
  }

  /** A name of a table, column or alias. */
  isName(): boolean {
    const { kind, text } = this.next;
    return kind === 'quoted' || (kind === 'word' && !RESERVED.has(text.toLowerCase()));
  }

  mustName(what: string): string {
    if (!this.isName()) this.fail(`expected ${what}`);
    return this.take().text;
  }

  list<T>(read: () => T): T[] {
    const items = [read()];
    while (this.sign(',')) items.push(read());
    return items;
  }

  nested<T>(read: () => T): T {
    if (++this.#depth > DEEPEST)
      throw sqlFault('SQL_TOO_LARGE', this.next.offset, `a statement nests at most ${DEEPEST} levels`);
    try {
      return read();
    } finally {
      this.#depth--;
    }
  }

  fail(why: string): never {
    const { kind, text, offset } = this.next;
    throw sqlFault('SQL_BAD_SYNTAX', offset, `${why}, found ${kind === 'end' ? 'the end' : text.slice(0, 40)}`);
  }
}
