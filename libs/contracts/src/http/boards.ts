import { z } from 'zod';
import { BOARD_FORMS, boardPanels } from '../board-panel';
import { page, time } from './answers';

const board = {
  board: z.string(),
  form: z.enum(BOARD_FORMS),
  name: z.string(),
  number: z.int().min(1).describe('how often it was saved'),
};

export const boardsAnswer = page({
  boards: z.array(
    z.strictObject({
      ...board,
      panels: z.int().min(0).describe('how many'),
      createdAt: time.nullable(),
      updatedAt: time,
      updatedBy: z.string(),
    }),
  ),
});
export type BoardsAnswer = z.output<typeof boardsAnswer>;

export const boardAnswer = z.strictObject({
  ...board,
  panels: boardPanels,
  since: time,
  until: time.nullable().describe('null: it is so now'),
  actor: z.string().describe('who saved it so'),
});
export type BoardAnswer = z.output<typeof boardAnswer>;

export const boardHistoryAnswer = page({
  history: z.array(
    z.strictObject({ ...board, panels: z.int().min(0), since: time, until: time.nullable(), actor: z.string() }),
  ),
});
export type BoardHistoryAnswer = z.output<typeof boardHistoryAnswer>;
