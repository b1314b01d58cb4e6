import type { DataSource } from 'typeorm';

/** Which leaves are asked for: those of streams, of a project, or all between two places. */
export type LeafSelection =
  | Readonly<{ kind: 'streams'; streams: readonly string[] }>
  | Readonly<{ kind: 'project'; project: string }>
  | Readonly<{ kind: 'range'; first: number; end: number }>;
/** A leaf as it is kept. `salt` is null where it has no payload. */
export type KeptLeaf = Readonly<{ index: number; entry: Buffer; salt: Buffer | null }>;

type Page = Readonly<{ after: number; size: number; limit: number }>;

/** Segments that were closed before it was kept whom they have messages of. */
const ANYBODY = '*';

/** SQL for the indexes of a page, in their order: behind $2, below $3, at most $4. */
function indexesOf(selection: LeafSelection): [sql: string, params: unknown[]] {
  const page = 'index > $2 and index < $3 order by index limit $4';
  switch (selection.kind) {
    case 'range':
      return [`select index from custody.ledger_leaf where workspace = $1 and ${page}`, []];
    case 'streams':
      return [
        `(select index from custody.ledger_leaf where workspace = $1 and stream = any($5::text[]) and ${page})
         union
         (select distinct index from custody.ledger_touch where workspace = $1 and stream = any($5::text[] || '${ANYBODY}'::text) and ${page})
         order by index limit $4`,
        [selection.streams],
      ];
    case 'project':
      return [
        `(select index from custody.ledger_leaf where workspace = $1 and project = $5 and ${page})
         union
         (select l.index from custody.ledger_stream s
          join custody.ledger_leaf l on l.workspace = s.workspace and l.stream = s.stream and l.project is null
          where s.workspace = $1 and s.project = $5 and l.index > $2 and l.index < $3 order by l.index limit $4)
         union
         (select distinct index from custody.ledger_touch t where workspace = $1
          and (stream = '${ANYBODY}' or exists (select from custody.ledger_stream s
               where s.workspace = t.workspace and s.stream = t.stream and s.project = $5)) and ${page})
         order by index limit $4`,
        [selection.project],
      ];
    default:
      return selection satisfies never;
  }
}

/** Leaves for exports, in the order of the log. Nothing beyond `size` is seen. */
export const createLedgerExports = (source: DataSource) => ({
  async page(workspace: string, selection: LeafSelection, { after, size, limit }: Page): Promise<KeptLeaf[]> {
    const [sql, params] = indexesOf(selection);
    const [from, to] =
      selection.kind === 'range'
        ? [Math.max(after, selection.first - 1), Math.min(size, selection.end)]
        : [after, size];
    const rows: Array<{ index: string; entry: Buffer; salt: Buffer | null }> = await source.query(
      `with wanted as (${sql})
       select index, entry, salt from custody.ledger_leaf join wanted using (index) where workspace = $1 order by index`,
      [workspace, from, to, limit, ...params],
    );
    return rows.map((row) => ({ ...row, index: Number(row.index) }));
  },

  /** How many leaves each of the streams has below `size`; streams without any are not among them. */
  async countStreams(workspace: string, streams: readonly string[], size: number): Promise<Map<string, number>> {
    const rows: Array<{ stream: string; leaves: string }> = await source.query(
      `select stream, max(stream_seq) + 1 as leaves from custody.ledger_leaf
       where workspace = $1 and stream = any($2::text[]) and index < $3 group by stream`,
      [workspace, streams, size],
    );
    return new Map(rows.map(({ stream, leaves }) => [stream, Number(leaves)]));
  },

  async countProject(workspace: string, project: string, size: number): Promise<number> {
    const [row]: Array<{ leaves: string | null }> = await source.query(
      `select project_seq + 1 as leaves from custody.ledger_leaf
       where workspace = $1 and project = $2 and index < $3 order by index desc limit 1`,
      [workspace, project, size],
    );
    return Number(row?.leaves ?? 0);
  },

  /** Those of the streams that are in a project. */
  async streamsIn(workspace: string, project: string, streams: readonly string[]): Promise<Set<string>> {
    const rows: Array<{ stream: string }> = await source.query(
      'select stream from custody.ledger_stream where workspace = $1 and project = $2 and stream = any($3::text[])',
      [workspace, project, streams],
    );
    return new Set(rows.map(({ stream }) => stream));
  },

  /**
   * The leaves that surely hold all that was accepted between two times (ms since 1970): from the last checkpoint before
   * the first up to the first checkpoint behind the second, or to the newest.
   */
  async between(workspace: string, from: number, to: number): Promise<{ first: number; end: number }> {
    const [row]: Array<{ first: string | null; end: string | null }> = await source.query(
      `select (select max(size) from custody.ledger_checkpoint where workspace = $1 and signed_at < to_timestamp($2::float8 / 1000)) as first,
              least((select min(size) from custody.ledger_checkpoint where workspace = $1 and signed_at > to_timestamp($3::float8 / 1000)),
                    (select published from custody.ledger_log where workspace = $1)) as end`,
      [workspace, from, to],
    );
    return { first: Number(row?.first ?? 0), end: Number(row?.end ?? 0) };
  },
});
export type LedgerExports = ReturnType<typeof createLedgerExports>;
