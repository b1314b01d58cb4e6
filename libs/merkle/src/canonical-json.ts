import { Fault } from '@runledger/kernel';

/** What canonical JSON can carry. Integers beyond 2^53 and numbers that are not finite go as strings. */
export type CanonicalValue =
  | null
  | boolean
  | number
  | string
  | readonly CanonicalValue[]
  | Readonly<{ [name: string]: CanonicalValue }>;

const MOST_LEVELS = 100;

const bad = (why: string): Fault => new Fault('invalid', 'MERKLE_NO_CANONICAL_FORM', `no canonical JSON: ${why}`);

/** RFC 8785, 3.2.2.2: JSON.stringify escapes just so, and would hide a lone surrogate. */
function text(value: string): string {
  if (!value.isWellFormed()) throw bad('a lone surrogate');
  return JSON.stringify(value);
}

/** RFC 8785, 3.2.2.3: as ECMAScript writes numbers, which makes -0 a 0. */
function number(value: number): string {
  if (!Number.isFinite(value)) throw bad('a number that is not finite');
  return JSON.stringify(value);
}

/** RFC 8785, 3.2.3: by UTF-16 code units, which is how JavaScript compares strings. */
function members(value: Readonly<Record<string, unknown>>, level: number): string {
  if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null)
    throw bad('something that is neither an object literal nor an array');
  return Object.keys(value)
    .sort()
    .map((name) => `${text(name)}:${write(value[name], level)}`)
    .join(',');
}

function items(value: readonly unknown[], level: number): string {
  return Array.from(value, (item) => write(item, level)).join(',');
}

function write(value: unknown, level: number): string {
  if (level > MOST_LEVELS) throw bad(`more than ${MOST_LEVELS} levels`);
  if (value === null || value === true || value === false) return String(value);
  if (typeof value === 'string') return text(value);
  if (typeof value === 'number') return number(value);
  if (Array.isArray(value)) return `[${items(value, level + 1)}]`;
  if (typeof value === 'object') return `{${members(value as Record<string, unknown>, level + 1)}}`;
  throw bad(typeof value);
}

/**
 * RFC 8785: the one text of a JSON value, the same in every language. UTF-8 of it is what is hashed (3.2.4).
 * @throws Fault invalid MERKLE_NO_CANONICAL_FORM (undefined, a bigint, NaN, a lone surrogate, a class …)
 */
export const canonicalJson = (value: CanonicalValue): string => write(value, 0);
