import type { Principal } from '@runledger/access';
import { grantRules } from '@runledger/commands';
import { EFFECTS, entityId, grantee, holdsProject, isEveryProject, ROLES } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import { z } from 'zod';
import { type CommandRoute, defineCommand } from './command-route';

const held = z.strictObject({ role: z.string(), project: z.string().nullable(), effect: z.enum(EFFECTS) });
const fields = {
  grantee: grantee.describe('a service account by its id, or a person or a group as the identity provider calls it'),
  role: z.enum(ROLES),
  project: entityId.optional().describe('the whole workspace when absent'),
  effect: z
    .enum(EFFECTS)
    .default('allow')
    .describe('deny: takes away what the role contains, whatever else is granted'),
};

/** Who may grant in some projects grants there, and nowhere else. */
function checkPlace({ projects }: Principal, project: string | undefined): void {
  if (project === undefined ? isEveryProject(projects) : holdsProject(projects, project)) return;
  if (project !== undefined) throw new Fault('missing', 'PROJECT_UNKNOWN', 'there is no such project');
  throw new Fault('forbidden', 'ACCESS_NOT_ALLOWED', 'this needs the permission access:write in the whole workspace');
}

const one = {
  rules: grantRules,
  permission: 'access:write' as const,
  level: 'project' as const,
  fields,
  check: (who: Principal, { project }: { project?: string | undefined }) => checkPlace(who, project),
  result: z.strictObject({ grantee, grants: z.array(held) }),
};

export const GRANT_COMMANDS: readonly CommandRoute[] = [
  defineCommand('grant', {
    ...one,
    summary: 'Give or deny somebody a role, in a project or in the whole workspace',
    command: ({ grantee, role, project = null, effect }) => ({
      name: 'grant' as const,
      grantee,
      grant: { role, project, effect },
    }),
  }),
  defineCommand('withdraw-grant', {
    ...one,
    summary: 'Take a grant or a denial back',
    command: ({ grantee, role, project = null, effect }) => ({
      name: 'withdraw-grant' as const,
      grantee,
      grant: { role, project, effect },
    }),
  }),
];
