import { noteRules, viewRules } from '@runledger/commands';
import { entityId, name, text } from '@runledger/contracts';
import { uuidv7 } from '@runledger/kernel';
import { z } from 'zod';
import { type CommandRoute, defineCommand } from './command-route';

const view = {
  rules: viewRules,
  result: z.strictObject({
    view: z.string(),
    experiment: z.string(),
    name: z.string(),
    search: z.string(),
    lifecycle: z.enum(['active', 'deleted']),
  }),
};

export const NOTE_COMMANDS: readonly CommandRoute[] = [
  defineCommand('write-note', {
    rules: noteRules,
    result: z.strictObject({ run: z.string(), number: z.int(), text: z.string() }),
    summary: 'Say something of a run, in markdown, in place of what was said before',
    about: ({ run }) => [{ kind: 'run', id: run }],
    fields: {
      run: entityId,
      text: text(100_000),
      over: z.int().min(0).optional().describe('number of the note that is written over, 0 for the first; absent: any'),
    },
    command: (fields) => ({ name: 'write-note' as const, ...fields }),
  }),
  defineCommand('save-view', {
    ...view,
    summary: "Save a view of an experiment's runs under a name that is unique in the experiment",
    about: ({ view: id, experiment }) => [
      { kind: 'experiment', id: experiment },
      ...(id === undefined ? [] : [{ kind: 'view' as const, id, new: true }]),
    ],
    fields: {
      view: entityId.optional().describe('one that is there, to save it anew; also one that is deleted'),
      experiment: entityId,
      name: name(200),
      search: text(20_000).describe('the part of the address behind its question mark'),
    },
    command: ({ view: id = uuidv7(), name: as, experiment, search }) => ({
      name: 'save-view' as const,
      view: id,
      experiment,
      as,
      search,
    }),
  }),
  defineCommand('delete-view', {
    ...view,
    summary: 'Delete a view; saved again under its id it is back',
    about: ({ view: id }) => [{ kind: 'view', id }],
    fields: { view: entityId },
    command: (fields) => ({ name: 'delete-view' as const, ...fields }),
  }),
];
