import type { NoteRow, ViewRow } from '@runledger/contracts';
import type { DataSource } from 'typeorm';
import { type CatalogRecord, readCatalog } from './catalog-reads';
import { CATALOG_TABLES } from './catalog-tables';

export type NoteRecord = CatalogRecord<NoteRow>;
export type ViewRecord = CatalogRecord<ViewRow>;
type Page<After> = Readonly<{ after?: After | undefined; limit: number }>;

const { note, view } = CATALOG_TABLES;

export const createNoteReads = (source: DataSource) => ({
  async getNote(workspace: string, run: string): Promise<NoteRecord | null> {
    const asked = { where: 't.run = $2', params: [run], order: 't.from_off', limit: 1 };
    return (await readCatalog(source, note, workspace, asked))[0] ?? null;
  },

  /** Every text that it had, newest first; `after` is the last `seq` of the page before. */
  noteHistory: (workspace: string, run: string, { after, limit }: Page<number>): Promise<NoteRecord[]> =>
    readCatalog(source, note, workspace, {
      where: 't.run = $2 and ($3::int8 is null or t.seq < $3)',
      params: [run, after ?? null],
      order: 't.seq desc',
      limit,
      history: true,
    }),

  /** Views of an experiment by name; `after` is the last name of the page before. */
  listViews: (workspace: string, experiment: string, { after, limit }: Page<string>): Promise<ViewRecord[]> =>
    readCatalog(source, view, workspace, {
      where: 't.experiment = $2 and ($3::text is null or t.name > $3)',
      params: [experiment, after ?? null],
      order: 't.name',
      limit,
    }),

  async getView(workspace: string, id: string): Promise<ViewRecord | null> {
    const asked = { where: 't.view = $2', params: [id], order: 't.from_off', limit: 1 };
    return (await readCatalog(source, view, workspace, asked))[0] ?? null;
  },

  /** Every state that it had, newest first, also of one that is deleted; `after` is the last `seq` of the page before. */
  viewHistory: (workspace: string, id: string, { after, limit }: Page<number>): Promise<ViewRecord[]> =>
    readCatalog(source, view, workspace, {
      where: 't.view = $2 and ($3::int8 is null or t.seq < $3)',
      params: [id, after ?? null],
      order: 't.seq desc',
      limit,
      history: true,
    }),
});
