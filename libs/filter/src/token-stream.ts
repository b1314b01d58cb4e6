import { type FilterCode, filterFault } from './filter-fault';
import { type Token, tokenize } from './tokens';

/** Tokens, taken one after another. */
export class TokenStream {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(source: string) {
    this.#tokens = tokenize(source);
  }

  get next(): Token {
    return this.#tokens[this.#next] as Token;
  }

  isAtEnd(): boolean {
    return this.next.kind === 'end';
  }

  take(): Token {
    const token = this.next;
    if (token.kind !== 'end') this.#next++;
    return token;
  }

  /** Takes the keyword, in whichever case, if it is next. */
  takeWord(word: string): boolean {
    const { kind, text } = this.next;
    if (kind !== 'word' || text.toUpperCase() !== word) return false;
    this.#next++;
    return true;
  }

  takeSymbol(symbol: string): boolean {
    const { kind, text } = this.next;
    if (kind !== 'symbol' || text !== symbol) return false;
    this.#next++;
    return true;
  }

  expectWord(word: string): void {
    if (!this.takeWord(word)) throw this.fault('FILTER_BAD_SYNTAX', `expected ${word}`);
  }

  expectSymbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) throw this.fault('FILTER_BAD_SYNTAX', `expected ${symbol}`);
  }

  fault(code: FilterCode, message: string) {
    return filterFault(code, this.next.at, message);
  }
}
