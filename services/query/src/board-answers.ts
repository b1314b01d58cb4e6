import type { BoardRecord, CommentRecord } from '@runledger/postgres';
import { at, maybeAt } from './answers';

const boardOf = ({ id, value: { form, name, number } }: BoardRecord) => ({ board: id, form, name, number });
const heldOf = ({ since, until, actor }: BoardRecord) => ({ since: at(since), until: maybeAt(until), actor });

export const boardListed = (board: BoardRecord) => ({
  ...boardOf(board),
  panels: board.value.panels.length,
  createdAt: maybeAt(board.value.createdAt),
  updatedAt: at(board.since),
  updatedBy: board.actor,
});

export const boardStateOf = (board: BoardRecord) => ({
  ...boardOf(board),
  panels: board.value.panels.length,
  ...heldOf(board),
});

export const boardAnswerOf = (board: BoardRecord) => ({
  ...boardOf(board),
  panels: [...board.value.panels],
  ...heldOf(board),
});

export const commentAnswerOf = ({ id, value, since, actor }: CommentRecord) => ({
  comment: id,
  about: value.about,
  text: value.text,
  mentions: [...value.mentions],
  author: value.author,
  writtenAt: maybeAt(value.createdAt),
  changedAt: at(since),
  changedBy: actor,
});
