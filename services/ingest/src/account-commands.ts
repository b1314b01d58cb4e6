import { accountRules } from '@runledger/commands';
import { entityId, name, text } from '@runledger/contracts';
import { uuidv7 } from '@runledger/kernel';
import { z } from 'zod';
import { type CommandRoute, defineCommand } from './command-route';

export const keyResult = z.strictObject({
  id: z.string(),
  status: z.enum(['active', 'revoked']),
  expiresAt: z.string().nullable(),
});
const one = {
  rules: accountRules,
  permission: 'access:write' as const,
  result: z.strictObject({ account: z.string(), status: z.enum(['enabled', 'disabled']), key: keyResult.nullable() }),
};
const now = (): string => new Date().toISOString();

export const ACCOUNT_COMMANDS: readonly CommandRoute[] = [
  defineCommand('create-service-account', {
    ...one,
    summary: 'Create a service account, which may nothing until it is granted a role',
    fields: { account: entityId.optional(), name: name(500), description: text(100_000).default('') },
    command: ({ account = uuidv7(), name: as, description }) => ({
      name: 'create-service-account' as const,
      account,
      as,
      description,
      now: now(),
    }),
  }),
  defineCommand('disable-service-account', {
    ...one,
    summary: 'Let none of its keys in until it is enabled',
    fields: { account: entityId },
    command: ({ account }) => ({ name: 'disable-service-account' as const, account, now: now() }),
  }),
  defineCommand('enable-service-account', {
    ...one,
    summary: 'Let its keys in again',
    fields: { account: entityId },
    command: ({ account }) => ({ name: 'enable-service-account' as const, account, now: now() }),
  }),
];
