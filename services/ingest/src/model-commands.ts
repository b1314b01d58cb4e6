import { modelRules } from '@runledger/commands';
import { aliasName, entityId, link, MODEL_STAGES, modelName, text, versionNumber } from '@runledger/contracts';
import { uuidv7 } from '@runledger/kernel';
import { z } from 'zod';
import { someKeys, someTags, tags } from './command-fields';
import { type CommandRoute, defineCommand } from './command-route';

/** What became of a command about a model. */
export const ofModel = {
  rules: modelRules,
  result: z.strictObject({
    model: z.string(),
    version: z.int().nullable(),
    lifecycle: z.enum(['active', 'deleted']),
  }),
};
/** What people who merely work with a model may not: they move what others rely on. */
const PROMOTES = { permission: 'models:promote' } as const;
const longText = text(100_000);
const version = { model: modelName, version: versionNumber };

export const MODEL_COMMANDS: readonly CommandRoute[] = [
  defineCommand('create-model', {
    ...ofModel,
    summary: 'Register a model under a name that is unique in the workspace',
    fields: { name: modelName, description: longText.default(''), tags: tags(longText) },
    command: ({ name: as, ...more }) => ({ name: 'create-model' as const, model: uuidv7(), as, ...more }),
  }),
  defineCommand('rename-model', {
    ...ofModel,
    ...PROMOTES,
    summary: 'Give a model another name; its versions stay with it',
    fields: { model: modelName, name: modelName },
    command: ({ model, name: to }) => ({ name: 'rename-model' as const, model, to }),
  }),
  defineCommand('describe-model', {
    ...ofModel,
    summary: 'Give a model another description',
    fields: { model: modelName, description: longText },
    command: (fields) => ({ name: 'describe-model' as const, ...fields }),
  }),
  defineCommand('tag-model', {
    ...ofModel,
    summary: 'Set tags of a model',
    fields: { model: modelName, tags: someTags },
    command: (fields) => ({ name: 'tag-model' as const, ...fields }),
  }),
  defineCommand('untag-model', {
    ...ofModel,
    summary: 'Take tags away from a model',
    fields: { model: modelName, keys: someKeys },
    command: (fields) => ({ name: 'untag-model' as const, ...fields }),
  }),
  defineCommand('delete-model', {
    ...ofModel,
    ...PROMOTES,
    summary: 'Delete a model with its versions for ever; its name becomes free',
    fields: { model: modelName },
    command: (fields) => ({ name: 'delete-model' as const, ...fields }),
  }),
  defineCommand('set-alias', {
    ...ofModel,
    ...PROMOTES,
    summary: 'Let an alias of a model point to a version',
    fields: { ...version, alias: aliasName },
    command: (fields) => ({ name: 'set-alias' as const, ...fields }),
  }),
  defineCommand('remove-alias', {
    ...ofModel,
    ...PROMOTES,
    summary: 'Take an alias of a model away',
    fields: { model: modelName, alias: aliasName },
    command: (fields) => ({ name: 'remove-alias' as const, ...fields }),
  }),
];

export const VERSION_COMMANDS: readonly CommandRoute[] = [
  defineCommand('create-version', {
    ...ofModel,
    summary: 'Give a model its next version',
    fields: {
      model: modelName,
      source: text(10_000),
      location: text(10_000).optional(),
      run: entityId.optional(),
      runLink: text(10_000).optional(),
      loggedModel: entityId.optional(),
      description: longText.default(''),
      tags: tags(longText),
    },
    command: ({ location, ...more }) => ({
      name: 'create-version' as const,
      ...more,
      location: location ?? more.source,
    }),
  }),
  defineCommand('describe-version', {
    ...ofModel,
    summary: 'Give a version another description',
    fields: { ...version, description: longText },
    command: (fields) => ({ name: 'describe-version' as const, ...fields }),
  }),
  defineCommand('stage-version', {
    ...ofModel,
    ...PROMOTES,
    summary: 'Move a version to another stage, and the others that are in it to the archive if that is asked for',
    fields: { ...version, stage: z.enum(MODEL_STAGES), archiveOthers: z.boolean().default(false) },
    command: ({ stage: to, ...more }) => ({ name: 'stage-version' as const, to, ...more }),
  }),
  defineCommand('tag-version', {
    ...ofModel,
    summary: 'Set tags of a version',
    fields: { ...version, tags: someTags },
    command: (fields) => ({ name: 'tag-version' as const, ...fields }),
  }),
  defineCommand('untag-version', {
    ...ofModel,
    summary: 'Take tags away from a version',
    fields: { ...version, keys: someKeys },
    command: (fields) => ({ name: 'untag-version' as const, ...fields }),
  }),
  defineCommand('link-version', {
    ...ofModel,
    summary: 'Link a version to something in other systems: where it is deployed, what watches it, a ticket',
    fields: { ...version, links: z.array(link).min(1).max(1_000) },
    command: (fields) => ({ name: 'link-version' as const, ...fields }),
  }),
  defineCommand('delete-version', {
    ...ofModel,
    ...PROMOTES,
    summary: 'Delete a version for ever; its number is not given again',
    fields: version,
    command: (fields) => ({ name: 'delete-version' as const, ...fields }),
  }),
];
