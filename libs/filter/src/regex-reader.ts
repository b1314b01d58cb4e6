import type { Fault } from '@runledger/kernel';
import { filterFault } from './filter-fault';
import { type CharSet, complement, MAX_CODE_POINT } from './regex';
import { PERL_CLASSES, POSIX_CLASSES } from './regex-classes';

/** A code point, or a class. */
export type Char = number | CharSet;

const ESCAPES: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

/** A pattern, read from left to right. */
export class RegexReader {
  #at = 0;

  constructor(
    private readonly pattern: string,
    private readonly offset: number,
  ) {}

  get isAtEnd(): boolean {
    return this.#at >= this.pattern.length;
  }

  fault(message: string): Fault {
    return filterFault('FILTER_BAD_REGEX', this.offset + this.#at, `regular expression: ${message}`);
  }

  sees(text: string): boolean {
    return this.pattern.startsWith(text, this.#at);
  }

  take(text: string): boolean {
    if (!this.sees(text)) return false;
    this.#at += text.length;
    return true;
  }

  seesMatch(sticky: RegExp): RegExpExecArray | null {
    sticky.lastIndex = this.#at;
    return sticky.exec(this.pattern);
  }

  takeMatch(sticky: RegExp): RegExpExecArray | null {
    const found = this.seesMatch(sticky);
    this.#at += found?.[0].length ?? 0;
    return found;
  }

  /** What stands before `end`, or before the end of all. */
  takeUntil(end: string): string {
    const found = this.pattern.indexOf(end, this.#at);
    const text = this.pattern.slice(this.#at, found < 0 ? undefined : found);
    this.#at = found < 0 ? this.pattern.length : found + end.length;
    return text;
  }

  takeChar(): Char {
    const point = this.pattern.codePointAt(this.#at);
    if (point === undefined) throw this.fault('it ends too early');
    if (this.take('\\')) return this.#takeEscape();
    this.#at += point > 0xffff ? 2 : 1;
    return point;
  }

  takeClassChar(): Char {
    const posix = this.takeMatch(/\[:(\^?)(\w+):\]/y);
    if (posix === null) return this.takeChar();
    const [, negation = '', name = ''] = posix;
    const set = Object.hasOwn(POSIX_CLASSES, name) ? POSIX_CLASSES[name] : undefined;
    if (set === undefined) throw this.fault('there is no such class');
    return negation === '' ? set : complement(set);
  }

  #takeEscape(): Char {
    const hex = this.takeMatch(/x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})/y);
    if (hex !== null) return this.#checked(Number.parseInt(hex[1] ?? hex[2] ?? '', 16));
    const octal = this.takeMatch(/0[0-7]{0,2}|[1-7][0-7]{2}/y);
    if (octal !== null) return this.#checked(Number.parseInt(octal[0], 8));
    const letter = this.takeMatch(/[A-Za-z0-9]/y)?.[0];
    if (letter !== undefined) {
      if (Object.hasOwn(PERL_CLASSES, letter)) return PERL_CLASSES[letter] as CharSet;
      if (Object.hasOwn(ESCAPES, letter)) return ESCAPES[letter] as number;
      throw this.fault(`\\${letter} is not understood here`);
    }
    const sign = this.takeMatch(/[!-/:-@[-`{-~]/y)?.[0];
    if (sign === undefined) throw this.fault('this cannot be escaped');
    return sign.codePointAt(0) as number;
  }

  #checked(point: number): number {
    if (point === 0 || point > MAX_CODE_POINT || (point >= 0xd800 && point <= 0xdfff))
      throw this.fault('no text has this character');
    return point;
  }
}
