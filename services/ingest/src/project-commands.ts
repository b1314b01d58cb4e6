import { projectRules } from '@runledger/commands';
import { entityId, name, text } from '@runledger/contracts';
import { uuidv7 } from '@runledger/kernel';
import { z } from 'zod';
import { type CommandRoute, defineCommand } from './command-route';

const one = {
  rules: projectRules,
  permission: 'projects:write' as const,
  result: z.strictObject({ project: z.string(), name: z.string(), description: z.string() }),
};

export const PROJECT_COMMANDS: readonly CommandRoute[] = [
  defineCommand('create-project', {
    ...one,
    summary: 'Create a project under a name that is unique in the workspace',
    fields: { name: name(500), project: entityId.optional(), description: text(100_000).default('') },
    command: ({ project = uuidv7(), name: as, description }) => ({
      name: 'create-project' as const,
      project,
      as,
      description,
    }),
  }),
  defineCommand('rename-project', {
    ...one,
    summary: 'Give a project another name',
    about: ({ project: id }) => [{ kind: 'project', id }],
    fields: { project: entityId, name: name(500) },
    command: ({ project, name: to }) => ({ name: 'rename-project' as const, project, to }),
  }),
  defineCommand('describe-project', {
    ...one,
    summary: 'Give a project another description',
    about: ({ project: id }) => [{ kind: 'project', id }],
    fields: { project: entityId, description: text(100_000) },
    command: (fields) => ({ name: 'describe-project' as const, ...fields }),
  }),
];
