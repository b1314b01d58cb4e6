import { z } from 'zod';
import { EFFECTS, grantee, PERMISSIONS } from '../access-names';
import { page, time } from './answers';

export const serviceAccountsAnswer = z.strictObject({
  serviceAccounts: z.array(
    z.strictObject({
      account: z.string(),
      name: z.string(),
      description: z.string(),
      status: z.enum(['enabled', 'disabled']),
    }),
  ),
});

export const keysAnswer = z.strictObject({
  keys: z.array(
    z.strictObject({
      key: z.string().describe('its id; the key itself is told once, to whoever makes it'),
      account: z.string().describe("whose key it is; operator: the server's own"),
      label: z.string(),
      scopes: z.array(z.string()).describe(`what it is narrowed to: ${PERMISSIONS.join(', ')}`),
      projects: z.array(z.string()).nullable().describe('where it is narrowed to; null: all that the account reaches'),
      status: z.enum(['active', 'expired', 'revoked']),
      createdAt: time,
      expiresAt: time.nullable(),
      lastUsedAt: time.nullable().describe('to a minute; null: never'),
      replaces: z.string().nullable().describe('the key that it takes the place of'),
    }),
  ),
});

export const grantsAnswer = z.strictObject({
  grants: z.array(
    z.strictObject({
      grantee,
      role: z.string(),
      project: z.string().nullable().describe('null: the whole workspace'),
      effect: z.enum(EFFECTS),
    }),
  ),
});

export const trustsAnswer = z.strictObject({
  trusts: z.array(
    z.strictObject({
      trust: z.string(),
      issuer: z.string().describe("its id in the operator's file"),
      account: z.string().describe('the service account that jobs act as'),
      conditions: z.array(z.strictObject({ claim: z.string(), pattern: z.string() })),
      scopes: z.array(z.string()),
      projects: z.array(z.string()).nullable().describe('null: all that the account reaches'),
      lifetimeSeconds: z.int(),
    }),
  ),
});

export const accessEventsAnswer = page({
  events: z.array(
    z.strictObject({
      id: z.string().describe('of the event: GET /api/v1/proofs/event/{event} proves it'),
      type: z.string(),
      time,
      actor: z.string(),
      journalseq: z.int(),
      data: z.record(z.string(), z.unknown()),
    }),
  ),
});
