import { trustRules } from '@runledger/commands';
import { entityId, name } from '@runledger/contracts';
import { uuidv7 } from '@runledger/kernel';
import { z } from 'zod';
import { type CommandRoute, defineCommand } from './command-route';
import { narrowedProjects, narrowedScopes, SCOPES_SAID } from './narrowing';

const LONGEST_LIFETIME_S = 3_600;
const one = {
  rules: trustRules,
  permission: 'access:write' as const,
  result: z.strictObject({ trust: z.string(), status: z.enum(['unseen', 'in-force', 'withdrawn']) }),
};

export const TRUST_COMMANDS: readonly CommandRoute[] = [
  defineCommand('declare-trust', {
    ...one,
    summary: "Let jobs act as a service account by tokens of an issuer that is in the operator's file",
    fields: {
      trust: entityId.optional(),
      issuer: entityId.describe("the issuer's id in the file"),
      account: entityId.describe('the service account that they act as'),
      conditions: z
        .array(z.strictObject({ claim: name(100), pattern: name(500) }))
        .min(1)
        .max(20)
        .describe('what claims of the token look like, sub among them; * stands for anything without a colon'),
      scopes: narrowedScopes.describe(SCOPES_SAID),
      projects: narrowedProjects,
      lifetimeSeconds: z.int().min(60).max(LONGEST_LIFETIME_S).default(900).describe('how long a key lets in'),
    },
    command: ({ trust = uuidv7(), projects, ...more }) => ({
      name: 'declare-trust' as const,
      declared: { trust, ...more, ...(projects === undefined ? {} : { projects }) },
    }),
  }),
  defineCommand('withdraw-trust', {
    ...one,
    summary: 'Let jobs in by this rule no more; who is in by it is out within five seconds',
    fields: { trust: entityId },
    command: ({ trust }) => ({ name: 'withdraw-trust' as const, trust }),
  }),
];
