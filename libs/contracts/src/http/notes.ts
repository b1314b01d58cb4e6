import { z } from 'zod';

const time = z.iso.datetime();
const nextPageToken = z.string().nullable().describe('null on the last page');

const note = {
  text: z.string().describe('markdown; empty where nothing was said'),
  number: z.int().min(0).describe('how often it was written'),
};
export const noteAnswer = z.strictObject({
  run: z.string(),
  ...note,
  writtenAt: time.nullable(),
  writtenBy: z.string().nullable(),
});
export type NoteAnswer = z.output<typeof noteAnswer>;

/** Since when a state held, and until when; null: it holds now. */
const held = { since: time, until: time.nullable(), actor: z.string() };
export const noteHistoryAnswer = z.strictObject({
  history: z.array(z.strictObject({ ...note, ...held })),
  nextPageToken,
});
export type NoteHistoryAnswer = z.output<typeof noteHistoryAnswer>;

const view = {
  view: z.string(),
  experiment: z.string(),
  name: z.string(),
  search: z.string().describe('the part of the address behind its question mark'),
};
export const viewAnswer = z.strictObject({
  ...view,
  createdAt: time.nullable(),
  updatedAt: time,
  updatedBy: z.string(),
});
export type ViewAnswer = z.output<typeof viewAnswer>;
export const viewsAnswer = z.strictObject({ views: z.array(viewAnswer), nextPageToken });
export type ViewsAnswer = z.output<typeof viewsAnswer>;
export const viewHistoryAnswer = z.strictObject({
  history: z.array(z.strictObject({ ...view, ...held })),
  nextPageToken,
});
