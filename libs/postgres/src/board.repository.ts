import type { BoardRow } from '@runledger/contracts';
import type { DataSource } from 'typeorm';
import { type CatalogRecord, readCatalog } from './catalog-reads';
import { CATALOG_TABLES } from './catalog-tables';

export type BoardRecord = CatalogRecord<BoardRow>;
type Page<After> = Readonly<{ after?: After | undefined; limit: number }>;

const { board } = CATALOG_TABLES;

export const createBoardReads = (source: DataSource) => ({
  /** By id, which is by age where ids are UUIDv7; `after` is the last id of the page before. */
  listBoards: (workspace: string, { after, limit }: Page<string>): Promise<BoardRecord[]> =>
    readCatalog(source, board, workspace, {
      where: '$2::text is null or t.board > $2',
      params: [after ?? null],
      order: 't.board',
      limit,
    }),

  /** As it is now, or as it was saved as this number, also when it is deleted. */
  async getBoard(workspace: string, id: string, number?: number): Promise<BoardRecord | null> {
    const asked = {
      where: 't.board = $2 and ($3::int8 is null or t.number = $3)',
      params: [id, number ?? null],
      order: 't.from_off desc',
      limit: 1,
      history: number !== undefined,
    };
    return (await readCatalog(source, board, workspace, asked))[0] ?? null;
  },

  /** Every state that it had, newest first, also of one that is deleted; `after` is the last `seq` of the page before. */
  boardHistory: (workspace: string, id: string, { after, limit }: Page<number>): Promise<BoardRecord[]> =>
    readCatalog(source, board, workspace, {
      where: 't.board = $2 and ($3::int8 is null or t.seq < $3)',
      params: [id, after ?? null],
      order: 't.seq desc',
      limit,
      history: true,
    }),
});
