import { randomBytes } from 'node:crypto';
import { loggedModelRules } from '@runledger/commands';
import { entityId, name, text } from '@runledger/contracts';
import { z } from 'zod';
import { someKeys, someTags, tags } from './command-fields';
import { type CommandRoute, defineCommand } from './command-route';

const one = {
  rules: loggedModelRules,
  result: z.strictObject({
    loggedModel: z.string(),
    name: z.string(),
    experiment: z.string(),
    status: z.enum(['pending', 'ready', 'failed']),
    lifecycle: z.enum(['active', 'deleted']),
  }),
};
const newId = (): string => `m-${randomBytes(16).toString('hex')}`;

export const LOGGED_MODEL_COMMANDS: readonly CommandRoute[] = [
  defineCommand('create-logged-model', {
    ...one,
    summary: 'Begin a model that is logged in an experiment',
    about: ({ experiment, run }) => [
      { kind: 'experiment', id: experiment },
      ...(run === undefined ? [] : [{ kind: 'run' as const, id: run }]),
    ],
    fields: {
      experiment: entityId,
      name: name(500),
      run: entityId.optional(),
      modelType: text(500).optional(),
      params: tags(text(100_000)),
      tags: tags(text(100_000)),
    },
    command: ({ name: as, ...more }) => ({
      name: 'create-logged-model' as const,
      loggedModel: newId(),
      as,
      ...more,
    }),
  }),
  defineCommand('configure-logged-model', {
    ...one,
    summary: 'Say with which params a logged model was made; none of them gets a second value',
    about: ({ loggedModel: id }) => [{ kind: 'logged-model', id }],
    fields: { loggedModel: entityId, params: someTags },
    command: (fields) => ({ name: 'configure-logged-model' as const, ...fields }),
  }),
  defineCommand('finalize-logged-model', {
    ...one,
    summary: 'Say that the files of a logged model are complete, or will never be',
    about: ({ loggedModel: id }) => [{ kind: 'logged-model', id }],
    fields: { loggedModel: entityId, status: z.enum(['ready', 'failed']) },
    command: (fields) => ({ name: 'finalize-logged-model' as const, ...fields }),
  }),
  defineCommand('tag-logged-model', {
    ...one,
    summary: 'Set tags of a logged model',
    about: ({ loggedModel: id }) => [{ kind: 'logged-model', id }],
    fields: { loggedModel: entityId, tags: someTags },
    command: (fields) => ({ name: 'tag-logged-model' as const, ...fields }),
  }),
  defineCommand('untag-logged-model', {
    ...one,
    summary: 'Take tags away from a logged model',
    about: ({ loggedModel: id }) => [{ kind: 'logged-model', id }],
    fields: { loggedModel: entityId, keys: someKeys },
    command: (fields) => ({ name: 'untag-logged-model' as const, ...fields }),
  }),
  defineCommand('delete-logged-model', {
    ...one,
    summary: 'Put a logged model away',
    about: ({ loggedModel: id }) => [{ kind: 'logged-model', id }],
    fields: { loggedModel: entityId },
    command: (fields) => ({ name: 'delete-logged-model' as const, ...fields }),
  }),
];
