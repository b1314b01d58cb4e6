import { isUtf8 } from 'node:buffer';
import { Fault } from '@runledger/kernel';

/** Deepest nesting of objects and arrays. */
export const MAX_JSON_DEPTH = 64;

const PROTOTYPE_NAMES = new Set(['__proto__', 'constructor', 'prototype']);
const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const [MINUS, ZERO, NINE] = [0x2d, 0x30, 0x39];

const bad = (code: string, message: string, cause?: unknown): Fault => new Fault('invalid', code, message, { cause });

/** The index of the quote that ends the string which begins at `start`; the text's length where none does. */
function endOfString(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}

/** Counts the members that the text spells out, and refuses nesting before the parser spends time and memory on it. */
function countMembers(bytes: Uint8Array): number {
  let members = 0;
  let depth = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) at = endOfString(bytes, at);
    else if (byte === COLON) members++;
    else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      if (++depth > MAX_JSON_DEPTH) throw bad('HTTP_TOO_DEEP', `JSON may be nested ${MAX_JSON_DEPTH} deep at most`);
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) depth--;
  }
  return members;
}

/** What the value shows: how many members it kept, and whether a number of it might not be the one that was written. */
class Walk {
  members = 0;
  largeIntegers = false;
  constructor(readonly escapes: boolean) {}

  /** NUL and lone surrogates can only come from an escape, since the bytes were valid UTF-8. */
  text(text: string): void {
    if (this.escapes && (!text.isWellFormed() || text.includes('\u0000')))
      throw bad('HTTP_UNCLEAN_TEXT', 'texts must be well-formed Unicode without NUL');
  }

  value(value: unknown): void {
    if (typeof value === 'number') {
      if (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER) this.#large(value);
    } else if (typeof value === 'string') this.text(value);
    else if (Array.isArray(value)) for (const item of value) this.value(item);
    else if (value !== null && typeof value === 'object') this.#object(value as Record<string, unknown>);
  }

  #large(value: number): void {
    if (!Number.isFinite(value)) throw bad('HTTP_INEXACT_NUMBER', 'a number is too large for a double');
    this.largeIntegers = true;
  }

  #object(value: Record<string, unknown>): void {
    for (const name in value) {
      this.members++;
      this.text(name);
      if (PROTOTYPE_NAMES.has(name)) throw bad('HTTP_PROTOTYPE_NAME', `an object may not have a member ${name}`);
      this.value(value[name]);
    }
  }
}

/** Whether the double that is read is just what is written. */
const isOwnValue = (digits: string): boolean => {
  const value = Number(digits);
  return Number.isFinite(value) && BigInt(digits) === BigInt(value);
};

/** An integer is exact when it is the double's own value, or the shortest text by which programs write that double. */
function isExact(digits: string): boolean {
  return String(Number(digits)) === digits || isOwnValue(digits);
}

/** Whole numbers of which this is not so, with their places among the bytes. */
function* integersBut(
  isFine: (digits: string) => boolean,
  bytes: Uint8Array,
  latin: string,
): Generator<{ at: number; literal: string }> {
  const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) at = endOfString(bytes, at);
    else if (byte === MINUS || (byte >= ZERO && byte <= NINE)) {
      number.lastIndex = at;
      const literal = number.exec(latin)?.[0] ?? '';
      if (literal.length > 15 && /^-?\d+$/.test(literal) && !isFine(literal)) yield { at, literal };
      at += literal.length - 1;
    }
  }
}

/** Indexes of bytes are indexes of this text. */
const latinOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

function checkIntegers(bytes: Uint8Array): void {
  for (const { literal } of integersBut(isExact, bytes, latinOf(bytes)))
    throw bad('HTTP_INEXACT_NUMBER', `${literal.slice(0, 40)} is not exact as a double: send it as a string`);
}

/** The same JSON, with integers that a double would change as strings of their digits. */
function quoteIntegers(bytes: Uint8Array): unknown {
  const latin = latinOf(bytes);
  const parts: string[] = [];
  let end = 0;
  for (const { at, literal } of integersBut(isOwnValue, bytes, latin)) {
    parts.push(latin.slice(end, at), `"${literal}"`);
    end = at + literal.length;
  }
  parts.push(latin.slice(end));
  return JSON.parse(Buffer.from(parts.join(''), 'latin1').toString('utf8'));
}

/**
 * JSON from untrusted bytes, without the things that JSON.parse takes and later readers disagree about: object members
 * that come twice, invalid UTF-8, lone surrogates, NUL, members named like a prototype's, nesting beyond
 * MAX_JSON_DEPTH, and integers that a double would silently change.
 * With `inexact: 'text'` integers that are not the double's own value come as strings of their digits, for protocols that write int64 as numbers.
 * @throws Fault invalid HTTP_BAD_JSON, HTTP_DUPLICATE_MEMBER, HTTP_UNCLEAN_TEXT, HTTP_PROTOTYPE_NAME, HTTP_TOO_DEEP, HTTP_INEXACT_NUMBER
 */
export function parseStrictJson(body: Uint8Array, inexact: 'refuse' | 'text' = 'refuse'): unknown {
  if (!isUtf8(body)) throw bad('HTTP_UNCLEAN_TEXT', 'the text is not UTF-8');
  const spelt = countMembers(body);
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw bad('HTTP_BAD_JSON', 'the text is not JSON', cause);
  }
  const walk = new Walk(text.includes('\\u'));
  walk.value(value);
  // A parsed object keeps one of two members of the same name, so that a repeat shows as a missing one.
  if (walk.members !== spelt) throw bad('HTTP_DUPLICATE_MEMBER', 'an object has two members of the same name');
  if (!walk.largeIntegers) return value;
  if (inexact === 'text') return quoteIntegers(body);
  checkIntegers(body);
  return value;
}
