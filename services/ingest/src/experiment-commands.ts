import type { Principal } from '@runledger/access';
import { experimentRules } from '@runledger/commands';
import { entityId, holdsProject, name, text } from '@runledger/contracts';
import { DEFAULT_PROJECT } from '@runledger/domain';
import { Fault, uuidv7 } from '@runledger/kernel';
import { z } from 'zod';
import { someKeys, someTags, tags } from './command-fields';
import { type CommandRoute, defineCommand } from './command-route';

const result = z.strictObject({
  experiment: z.string(),
  name: z.string(),
  project: z.string(),
  lifecycle: z.enum(['active', 'deleted']),
});
const one = { rules: experimentRules, result };

/** Who is kept to projects creates in these; the others are missing. */
function checkProject({ projects }: Principal, { project }: Readonly<{ project: string }>): void {
  if (!holdsProject(projects, project)) throw new Fault('missing', 'PROJECT_UNKNOWN', 'there is no such project');
}

export const EXPERIMENT_COMMANDS: readonly CommandRoute[] = [
  defineCommand('create-experiment', {
    ...one,
    level: 'project',
    check: checkProject,
    summary: 'Create an experiment under a name that is unique in the workspace',
    fields: {
      name: name(500),
      project: entityId.default(DEFAULT_PROJECT),
      tags: tags(text(5_000)),
      experiment: entityId.optional(),
    },
    command: ({ experiment = uuidv7(), project, name: as, tags: given }) => ({
      name: 'create-experiment' as const,
      experiment,
      project,
      as,
      tags: given,
    }),
  }),
  defineCommand('rename-experiment', {
    ...one,
    summary: 'Give an experiment another name',
    about: ({ experiment }) => [{ kind: 'experiment', id: experiment }],
    fields: { experiment: entityId, name: name(500) },
    command: ({ experiment, name: to }) => ({ name: 'rename-experiment' as const, experiment, to }),
  }),
  defineCommand('tag-experiment', {
    ...one,
    summary: 'Set tags of an experiment',
    about: ({ experiment }) => [{ kind: 'experiment', id: experiment }],
    fields: { experiment: entityId, tags: someTags },
    command: (fields) => ({ name: 'tag-experiment' as const, ...fields }),
  }),
  defineCommand('untag-experiment', {
    ...one,
    summary: 'Take tags away from an experiment',
    about: ({ experiment }) => [{ kind: 'experiment', id: experiment }],
    fields: { experiment: entityId, keys: someKeys },
    command: (fields) => ({ name: 'untag-experiment' as const, ...fields }),
  }),
  defineCommand('delete-experiment', {
    ...one,
    summary: 'Put an experiment away; its name becomes free',
    about: ({ experiment }) => [{ kind: 'experiment', id: experiment }],
    fields: { experiment: entityId },
    command: (fields) => ({ name: 'delete-experiment' as const, ...fields }),
  }),
  defineCommand('restore-experiment', {
    ...one,
    summary: 'Bring a deleted experiment back, if its name is still free',
    about: ({ experiment }) => [{ kind: 'experiment', id: experiment }],
    fields: { experiment: entityId },
    command: (fields) => ({ name: 'restore-experiment' as const, ...fields }),
  }),
];
