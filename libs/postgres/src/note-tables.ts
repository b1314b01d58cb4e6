import type { NoteRow, ViewRow } from '@runledger/contracts';
import { decidedColumns, readDecided } from './decided-columns';
import { column, defineHistoryTable } from './history-table';

export const note = defineHistoryTable<NoteRow>({
  table: 'read.note',
  id: 'run',
  name: null,
  columns: [
    column('text', 'text', (r) => r.text),
    column('number', 'int8', (r) => r.number),
    ...decidedColumns<NoteRow>(),
  ],
  read: (raw) => ({ text: raw['text'] as string, number: Number(raw['number']), ...readDecided(raw) }),
});

export const view = defineHistoryTable<ViewRow>({
  table: 'read.saved_view',
  id: 'view',
  name: null,
  columns: [
    column('experiment', 'text', (r) => r.experiment),
    column('name', 'text', (r) => r.name),
    column('search', 'text', (r) => r.search),
    ...decidedColumns<ViewRow>(),
  ],
  read: (raw) => ({
    experiment: raw['experiment'] as string,
    name: raw['name'] as string,
    search: raw['search'] as string,
    ...readDecided(raw),
  }),
});
