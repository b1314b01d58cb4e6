import { createHmac, timingSafeEqual } from 'node:crypto';
import { Fault } from '@runledger/kernel';
import type { z } from 'zod';

/** Ten texts of 200 characters that a search is ordered by. */
const LONGEST = 65_536;

const FOREIGN =
  'this page token does not belong to this list: go on with all else as it was when the token was given, or begin with the first page';

/**
 * Tokens that say where the next page begins. They are signed together with the list that they belong to (route, workspace,
 * filter), so that a client can neither make one up nor carry it over to another list.
 */
export function createPageTokens(secret: string | Buffer) {
  const sign = (list: readonly unknown[], body: string): Buffer =>
    createHmac('sha256', secret)
      .update(JSON.stringify([list, body]))
      .digest();

  return {
    seal(list: readonly unknown[], place: unknown): string {
      const body = Buffer.from(JSON.stringify(place)).toString('base64url');
      return `${body}.${sign(list, body).toString('base64url')}`;
    },

    /** Undefined without a token: the first page. @throws Fault invalid READS_BAD_PAGE_TOKEN */
    open<S extends z.ZodType>(list: readonly unknown[], token: string | undefined, shape: S): z.output<S> | undefined {
      if (token === undefined) return undefined;
      const bad = new Fault('invalid', 'READS_BAD_PAGE_TOKEN', FOREIGN);
      const [body = '', mac = ''] = token.length > LONGEST ? [] : token.split('.');
      const given = Buffer.from(mac, 'base64url');
      const wanted = sign(list, body);
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) throw bad;
      const place = shape.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString()));
      if (!place.success) throw bad; // sealed by another release
      return place.data;
    },
  };
}
export type PageTokens = ReturnType<typeof createPageTokens>;
