import { z } from 'zod';
import { PERMISSIONS } from '../access-names';
import { time } from './answers';

export const issuersAnswer = z.strictObject({
  issuers: z.array(z.strictObject({ id: z.string(), title: z.string().describe('what the button says') })),
});

export type Issuers = z.output<typeof issuersAnswer>;

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
