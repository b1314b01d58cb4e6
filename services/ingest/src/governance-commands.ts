import { objectiveRules, projectGateRules } from '@runledger/commands';
import {
  approvalMeaning,
  entityId,
  evidenceDigest,
  gateNeeds,
  gateTarget,
  inventoryMembers,
  modelName,
  objectiveDefinition,
  objectiveScope,
  printedName,
  text,
  versionNumber,
} from '@runledger/contracts';
import { uuidv7 } from '@runledger/kernel';
import { z } from 'zod';
import { type CommandRoute, defineCommand } from './command-route';
import { ofModel } from './model-commands';

const objective = {
  rules: objectiveRules,
  result: z.strictObject({ objective: z.string(), number: z.int(), status: z.enum(['active', 'retired']) }),
};
const projectGate = {
  rules: projectGateRules,
  permission: 'admin' as const,
  result: z.strictObject({ project: z.string() }),
};
const needs = {
  objectives: gateNeeds.objectives.default([]).describe('ids of objectives that the run of a version must meet'),
  approvals: gateNeeds.approvals
    .default([])
    .describe('how many persons, none of them an author, must have approved the version with which meaning'),
  before: gateNeeds.before
    .default(false)
    .describe('whether only objectives count that were defined before the run began'),
};
const { owner, tier, validator, purpose, reviewBy } = inventoryMembers;

export const GOVERNANCE_COMMANDS: readonly CommandRoute[] = [
  defineCommand('define-objective', {
    ...objective,
    summary: 'Say what runs of a project or an experiment are to reach; said again, it is the next definition of it',
    about: ({ objective: id, scope }) => [
      scope,
      ...(id === undefined ? [] : [{ kind: 'objective' as const, id, new: true }]),
    ],
    fields: {
      objective: entityId.optional().describe('one that is there, to define it anew'),
      scope: objectiveScope,
      definition: objectiveDefinition,
    },
    command: ({ objective: id = uuidv7(), ...more }) => ({
      name: 'define-objective' as const,
      objective: id,
      ...more,
    }),
  }),
  defineCommand('retire-objective', {
    ...objective,
    summary: 'Let an objective count no more; a gate that asks for it stays closed until it is set anew',
    about: ({ objective: id }) => [{ kind: 'objective', id }],
    fields: { objective: entityId },
    command: (fields) => ({ name: 'retire-objective' as const, ...fields }),
  }),
  defineCommand('set-gate', {
    ...ofModel,
    permission: 'admin',
    summary: 'Say what a version of a model needs before an alias or a stage of it may be given to it',
    fields: { model: modelName, target: gateTarget, ...needs },
    command: (fields) => ({ name: 'set-gate' as const, ...fields }),
  }),
  defineCommand('lift-gate', {
    ...ofModel,
    permission: 'admin',
    summary: 'Take a gate of a model away',
    fields: { model: modelName, target: gateTarget },
    command: (fields) => ({ name: 'lift-gate' as const, ...fields }),
  }),
  defineCommand('set-project-gate', {
    ...projectGate,
    summary: "The same for versions of every model that come from a project's runs",
    about: ({ project: id }) => [{ kind: 'project', id }],
    fields: { project: entityId, target: gateTarget, ...needs },
    command: (fields) => ({ name: 'set-project-gate' as const, ...fields }),
  }),
  defineCommand('lift-project-gate', {
    ...projectGate,
    summary: 'Take a gate of a project away',
    about: ({ project: id }) => [{ kind: 'project', id }],
    fields: { project: entityId, target: gateTarget },
    command: (fields) => ({ name: 'lift-project-gate' as const, ...fields }),
  }),
  defineCommand('approve-version', {
    ...ofModel,
    summary: 'Approve a version on the evidence that was seen, as another person than its author',
    fields: {
      model: modelName,
      version: versionNumber,
      meaning: approvalMeaning.describe('what is approved, for example: validated for production'),
      printedName: printedName.describe('the name of the person, as it is to be printed'),
      evidence: evidenceDigest.describe("digest of the version's evidence, as it was read"),
    },
    command: ({ evidence: digest, ...more }) => ({
      name: 'approve-version' as const,
      approval: uuidv7(),
      digest,
      ...more,
    }),
  }),
  defineCommand('withdraw-approval', {
    ...ofModel,
    summary: 'Let an approval count no more, for a reason',
    fields: { model: modelName, approval: entityId, reason: text(10_000).min(1) },
    command: (fields) => ({ name: 'withdraw-approval' as const, ...fields }),
  }),
  defineCommand('enter-inventory', {
    ...ofModel,
    summary: 'Write what the inventory says of a model, in place of what it said before',
    fields: {
      model: modelName,
      owner: owner.default(''),
      tier: tier.default('').describe('how much depends on it, in words of your own'),
      validator: validator.default(''),
      purpose: purpose.default(''),
      reviewBy: reviewBy.default(null).describe('date by which it is to be reviewed; null: none is set'),
    },
    command: (fields) => ({ name: 'enter-inventory' as const, ...fields }),
  }),
];
