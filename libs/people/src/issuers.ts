import { readFile } from 'node:fs/promises';
import { entityId, name, workspaceId } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import { z } from 'zod';

/** Who vouches for those who sign in by a password of this server. */
export const LOCAL_ISSUER = 'local';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Tokens and codes never go over a network in plain text. */
export function isSafePlace(url: string): boolean {
  const { protocol, hostname, username, search, hash } = new URL(url);
  if (username !== '' || search !== '' || hash !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname));
}

const place = z.url().refine(isSafePlace, { error: 'must be https, or http on loopback, without query and fragment' });
const common = {
  /** Names the issuer in grants (`<id>:<group>`), events and addresses of this server. */
  id: entityId
    .max(32)
    .refine((id) => !id.includes(':'), { error: 'must hold no :' })
    .refine((id) => id !== LOCAL_ISSUER, { error: `${LOCAL_ISSUER} is what accounts of this server are called by` }),
  url: place.describe('as its discovery document names it'),
};

const providerOfPeople = z.strictObject({
  ...common,
  signsIn: z.literal('people'),
  title: name(100).describe('what the button says'),
  workspace: workspaceId.default('default').describe('where its people get to'),
  clientId: z.string().min(1).max(500),
  clientSecret: z.string().min(1).max(2_000).optional().describe('a public client without'),
  scope: z.string().max(500).default('openid profile email'),
  groupsClaim: name(100).default('groups').describe('claim of the ID token, or of the user info, that lists groups'),
  groups: z
    .record(name(500), entityId.max(90))
    .default({})
    .describe('what grants call groups whose names have other characters than ids have'),
});

const issuerOfWorkloads = z.strictObject({
  ...common,
  signsIn: z.literal('workloads'),
  audience: z.string().min(1).max(500).describe('what its tokens must be meant for: this server'),
});

const issuersFile = z
  .array(z.discriminatedUnion('signsIn', [providerOfPeople, issuerOfWorkloads]))
  .max(50)
  .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, { error: 'each issuer has an id of its own' });

/** Who may vouch for people, and for jobs: set by the operator, in a file. */
export type ProviderOfPeople = z.output<typeof providerOfPeople>;
export type IssuerOfWorkloads = z.output<typeof issuerOfWorkloads>;
export type Issuer = ProviderOfPeople | IssuerOfWorkloads;

const problemOf = (error: unknown): string =>
  error instanceof z.ZodError
    ? error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
    : String((error as Error).message);

/** @throws Fault invalid PEOPLE_BAD_ISSUERS, which repeats nothing of the file: it holds secrets */
export async function readIssuers(file: string | undefined): Promise<readonly Issuer[]> {
  if (file === undefined) return [];
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Fault('invalid', 'PEOPLE_BAD_ISSUERS', `${file} cannot be read`, { cause });
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Fault('invalid', 'PEOPLE_BAD_ISSUERS', `${file} is not JSON`);
  }
  const read = issuersFile.safeParse(value);
  if (read.success) return read.data;
  throw new Fault('invalid', 'PEOPLE_BAD_ISSUERS', `${file} is no list of issuers: ${problemOf(read.error)}`);
}
