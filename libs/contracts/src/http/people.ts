import { z } from 'zod';
import { PERMISSIONS } from '../access-names';
import { time } from './answers';

export const issuersAnswer = z.strictObject({
  issuers: z.array(z.strictObject({ id: z.string(), title: z.string().describe('what the button says') })),
  localAccounts: z.boolean().describe('whether people sign in by passwords of this server'),
});

export type Issuers = z.output<typeof issuersAnswer>;

export const logoutTokenBody = z.object({ logout_token: z.string().min(1).max(16_384) });

/** Lower case alone, so that no two names look the same to who types them. */
const localName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, { error: 'must be of a-z, 0-9, . _ and -, and at most 63 of them' });
const password = z.string().min(12).max(256);

export const localAccountParams = z.strictObject({ account: localName });
export const localAccountBody = z.strictObject({
  name: localName,
  password: password.describe('at least 12 characters'),
});
/** Whatever is typed in is checked, so that a name that nobody can have is refused as any other. */
export const localSignInBody = z.strictObject({ name: z.string().max(256), password: z.string().max(256) });
export const localAccountAnswer = z.strictObject({
  name: z.string(),
  person: z.string().describe('what grants call this person'),
});
export const localAccountsAnswer = z.strictObject({
  localAccounts: z.array(
    z.strictObject({
      name: z.string(),
      person: z.string().describe('what grants call this person'),
      createdAt: time,
      changedAt: time.describe('of the password'),
      lockedUntil: time.nullable().describe('after too many wrong passwords; null: it is not'),
    }),
  ),
});

export const signedOutAnswer = z.strictObject({
  redirect: z.string().nullable().describe('where the browser signs out at the provider too; null: it need not'),
});

export const meAnswer = z.strictObject({
  workspace: z.string(),
  actor: z.string().describe('what events call the caller'),
  name: z.string().nullable().describe('of a person, as the provider says it'),
  email: z.string().nullable(),
  permissions: z.array(
    z.strictObject({
      permission: z.enum(PERMISSIONS),
      projects: z
        .union([z.strictObject({ only: z.array(z.string()) }), z.strictObject({ except: z.array(z.string()) })])
        .describe('the projects in which it is held: these only, or all but these'),
    }),
  ),
});
export type Me = z.output<typeof meAnswer>;

export const peopleAnswer = z.strictObject({
  people: z.array(
    z.strictObject({
      person: z.string().describe('what grants call this person'),
      issuer: z.string(),
      subject: z.string().describe('what the issuer calls this person'),
      name: z.string().nullable(),
      email: z.string().nullable(),
      createdAt: time,
      seenAt: time.describe('of the last sign-in'),
    }),
  ),
});

/** RFC 7636, S256. */
const challenge = z.string().regex(/^[A-Za-z0-9_-]{43}$/, { error: 'must be a challenge by S256' });

export const sessionCodeBody = z.strictObject({ challenge });
export const sessionCodeAnswer = z.strictObject({
  code: z.string().describe('works once, with the verifier of the challenge'),
  expiresAt: time,
});
export type SessionCode = z.output<typeof sessionCodeAnswer>;

const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** RFC 6749 (4.1.3, with RFC 7636) for terminals, RFC 8693 (2.1) for jobs. */
export const tokenBody = z.discriminatedUnion('grant_type', [
  z.object({
    grant_type: z.literal('authorization_code'),
    code: z.string().min(1).max(200),
    code_verifier: z.string().min(43).max(128),
  }),
  z.object({
    grant_type: z.literal(TOKEN_EXCHANGE),
    subject_token: z.string().min(1).max(16_384).describe('JWT of an issuer that is trusted here'),
    subject_token_type: z.enum(['urn:ietf:params:oauth:token-type:jwt', 'urn:ietf:params:oauth:token-type:id_token']),
    audience: z.string().min(1).max(128).optional().describe('id of the rule, where several let the job in'),
  }),
]);

export const tokenAnswer = z.strictObject({
  access_token: z.string(),
  issued_token_type: z.literal('urn:ietf:params:oauth:token-type:access_token'),
  token_type: z.literal('Bearer'),
  expires_in: z.int().describe('seconds'),
});
