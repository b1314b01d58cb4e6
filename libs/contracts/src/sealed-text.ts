import { z } from 'zod';

/**
 * A text about somebody, as it stands in the record: `sealed~1~<whose>~<ciphertext>~`, both in base64url. Whose it is says a random
 * id of 16 bytes; the ciphertext is AES-256-GCM's nonce, tag and text. It holds no character that JSON, CSV or a URL would escape.
 */
const SEALED = /sealed~1~([\w-]{22})~([\w-]{38,})~/;
const WHOLE = new RegExp(`^${SEALED.source}$`);
/** Random id of somebody: what sealed texts call him. */
export const subjectId = z.string().regex(/^[\w-]{22}$/);
/** What every sealed text begins with. */
export const SEALED_MARK = 'sealed~1~';
/** Of the longest text that is sealed anywhere: 100,000 characters of at most three bytes, in base64. */
const MOST_SEALED = 410_000;

export const isSealedText = (text: string): boolean => text.startsWith(SEALED_MARK) && WHOLE.test(text);

export const sealedText = (whose: string, ciphertext: Uint8Array): string =>
  `${SEALED_MARK}${whose}~${Buffer.from(ciphertext).toString('base64url')}~`;

export type SealedPart = Readonly<{ sealed: string; whose: string; ciphertext: Buffer }>;

/** The sealed texts in a text, in their order. */
export function* sealedParts(text: string): Generator<SealedPart> {
  for (const [sealed, whose = '', ciphertext = ''] of text.matchAll(new RegExp(SEALED, 'g')))
    yield { sealed, whose, ciphertext: Buffer.from(ciphertext, 'base64url') };
}

const marked = new WeakSet<object>();

/** A field that may tell of a person: it holds the text as it was said, or sealed. It stands in the table of such fields. */
export function personal<S extends z.ZodType<string, string>>(schema: S) {
  // The regex aborts, so that a text which is neither is refused in the words of what it should have been.
  const field = z.union([schema, z.string().max(MOST_SEALED).regex(WHOLE, { abort: true })]);
  marked.add(field);
  return field;
}

export const isPersonal = (schema: object): boolean => marked.has(schema);
