import { z } from 'zod';
import { page, time } from './answers';

const index = z.int().min(0);

export const deadLetterAnswer = z.strictObject({
  letter: z.string().describe('its name: where it was set aside'),
  group: z.string().describe('the projection that could not apply it'),
  topic: z.string(),
  partition: index,
  offset: index,
  ordinal: z.int().min(-1).describe('which event of the message; -1: the whole message'),
  workspace: z.string().nullable().describe('null: it could not be read'),
  step: z.string(),
  code: z.string(),
  message: z.string(),
  recordedAt: time,
  replayed: z
    .strictObject({ times: z.int().min(1), at: time, actor: z.string() })
    .nullable()
    .describe('the last time that it was replayed; null: never'),
});
export const deadLettersAnswer = page({ letters: z.array(deadLetterAnswer) });
export type DeadLettersAnswer = z.output<typeof deadLettersAnswer>;

export const replayAnswer = z.strictObject({
  letter: z.string(),
  replays: z.int().min(1).describe('how often it has been replayed, this time included'),
  position: z.string().describe('a position token: a read with at-least of it shows what came of it'),
});
export type ReplayAnswer = z.output<typeof replayAnswer>;
