import type { CommentRow, CommentTarget } from '@runledger/contracts';
import type { DataSource } from 'typeorm';
import { type CatalogRecord, readCatalog } from './catalog-reads';
import { CATALOG_TABLES } from './catalog-tables';

export type CommentRecord = CatalogRecord<CommentRow>;
/** All that is given must hold. `about` may leave out members: of a run it finds what is said of its charts, too. */
export type CommentsAsked = Readonly<{
  about?: Partial<CommentTarget> | undefined;
  mentions?: string | undefined;
  after?: number | undefined;
  limit: number;
}>;

const { comment } = CATALOG_TABLES;

export const createCommentReads = (source: DataSource) => ({
  /** The newest first; `after` is the last `createdSeq` of the page before. */
  listComments: (workspace: string, { about, mentions, after, limit }: CommentsAsked): Promise<CommentRecord[]> =>
    readCatalog(source, comment, workspace, {
      where: `($2::jsonb is null or t.about @> $2) and ($3::jsonb is null or t.mentions @> $3)
        and ($4::int8 is null or t.created_seq < $4)`,
      params: [
        about === undefined ? null : JSON.stringify(about),
        mentions === undefined ? null : JSON.stringify([mentions]),
        after ?? null,
      ],
      order: 't.created_seq desc',
      limit,
    }),

  async getComment(workspace: string, id: string): Promise<CommentRecord | null> {
    const asked = { where: 't.comment = $2', params: [id], order: 't.from_off', limit: 1 };
    return (await readCatalog(source, comment, workspace, asked))[0] ?? null;
  },
});
