import { boardRules, commentRules } from '@runledger/commands';
import { BOARD_FORMS, boardPanels, commentTarget, entityId, name, text } from '@runledger/contracts';
import { uuidv7 } from '@runledger/kernel';
import { z } from 'zod';
import { type CommandRoute, defineCommand } from './command-route';

const lifecycle = z.enum(['active', 'deleted']);
const board = {
  rules: boardRules,
  result: z.strictObject({
    board: z.string(),
    form: z.enum(BOARD_FORMS),
    name: z.string(),
    number: z.int(),
    lifecycle,
  }),
};
const comment = {
  rules: commentRules,
  result: z.strictObject({ comment: z.string(), text: z.string(), mentions: z.array(z.string()), lifecycle }),
};

export const BOARD_COMMANDS: readonly CommandRoute[] = [
  defineCommand('save-board', {
    ...board,
    summary: 'Save a dashboard or a report: panels of text, runs and curves, in the order of reading',
    fields: {
      board: entityId.optional().describe('one that is there, to save it anew; also one that is deleted'),
      form: z.enum(BOARD_FORMS),
      name: name(200),
      panels: boardPanels,
      over: z.int().min(0).optional().describe('number that is saved over, 0 for the first time; absent: any'),
    },
    command: ({ board: id = uuidv7(), name: as, form, panels, over }) => ({
      name: 'save-board' as const,
      board: id,
      form,
      as,
      panels,
      over,
    }),
  }),
  defineCommand('delete-board', {
    ...board,
    summary: 'Delete a dashboard or a report; saved again under its id it is back',
    fields: { board: entityId },
    command: (fields) => ({ name: 'delete-board' as const, ...fields }),
  }),
  defineCommand('write-comment', {
    ...comment,
    summary: 'Say something of a run, a chart, a version of a model, a dashboard or a report; @name tells that person',
    about: ({ comment: id, about }) => [
      about.kind === 'run' || about.kind === 'chart' ? { kind: 'run', id: about.id } : { kind: 'workspace' },
      ...(id === undefined ? [] : [{ kind: 'comment' as const, id, new: true }]),
    ],
    fields: {
      comment: entityId.optional().describe('one that is there, to say it in other words; also one that is deleted'),
      about: commentTarget,
      text: text(20_000).describe('markdown'),
    },
    command: ({ comment: id = uuidv7(), about, text: said }) => ({
      name: 'write-comment' as const,
      comment: id,
      about,
      text: said,
    }),
  }),
  defineCommand('delete-comment', {
    ...comment,
    summary: 'Delete a comment; written again under its id it is back',
    about: ({ comment: id }) => [{ kind: 'comment', id }],
    fields: { comment: entityId },
    command: (fields) => ({ name: 'delete-comment' as const, ...fields }),
  }),
];
