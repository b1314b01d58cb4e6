import type { BoardRow, CommentRow } from '@runledger/contracts';
import { decidedColumns, readDecided } from './decided-columns';
import { column, defineHistoryTable } from './history-table';

export const board = defineHistoryTable<BoardRow>({
  table: 'read.board',
  id: 'board',
  name: null,
  columns: [
    column('form', 'text', (r) => r.form),
    column('name', 'text', (r) => r.name),
    column('number', 'int8', (r) => r.number),
    column('panels', 'jsonb', (r) => JSON.stringify(r.panels)),
    ...decidedColumns<BoardRow>(),
  ],
  read: (raw) => ({
    form: raw['form'] as BoardRow['form'],
    name: raw['name'] as string,
    number: Number(raw['number']),
    panels: raw['panels'] as BoardRow['panels'],
    ...readDecided(raw),
  }),
});

export const comment = defineHistoryTable<CommentRow>({
  table: 'read.comment',
  id: 'comment',
  name: null,
  columns: [
    column('about', 'jsonb', (r) => JSON.stringify(r.about)),
    column('text', 'text', (r) => r.text),
    column('mentions', 'jsonb', (r) => JSON.stringify(r.mentions)),
    column('author', 'text', (r) => r.author),
    ...decidedColumns<CommentRow>(),
  ],
  read: (raw) => ({
    about: raw['about'] as CommentRow['about'],
    text: raw['text'] as string,
    mentions: raw['mentions'] as CommentRow['mentions'],
    author: raw['author'] as string,
    ...readDecided(raw),
  }),
});
