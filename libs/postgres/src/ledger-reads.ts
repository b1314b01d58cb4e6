import type { DataSource } from 'typeorm';
import type { LedgerNote } from './ledger-writer';

/**
 * What is known of a log from outside: a published checkpoint, with the signatures of witnesses that it has, and who signs.
 * `signedAt` is in ms since 1970, `ageMs` for how long it has been signed.
 */
export type PublishedLog = LedgerNote &
  Readonly<{ verifierKey: string; nextVerifierKey: string | null; signedAt: number; ageMs: number }>;

/** The note as it is served: what witnesses have signed stands below the log's own signatures. */
const NOTE = `c.note || coalesce((select string_agg(w.line || E'\\n', '' order by w.witness)
  from custody.ledger_cosignature w where w.workspace = c.workspace and w.size = c.size), '')`;

type LogRow = Readonly<{
  size: string;
  root: Buffer;
  note: string;
  verifier_key: string;
  next_verifier_key: string | null;
  at: string;
  age: string;
}>;

/** `size` is SQL: which checkpoint of the log `l`. */
const logSql = (size: string): string =>
  `select c.size, c.root, ${NOTE} as note, l.verifier_key, l.next_verifier_key,
     (extract(epoch from c.signed_at) * 1000)::bigint as at,
     (extract(epoch from clock_timestamp() - c.signed_at) * 1000)::bigint as age
   from custody.ledger_log l
   join custody.ledger_checkpoint c on c.workspace = l.workspace and c.size = ${size}
   where l.workspace = $1`;

const logOf = ([row]: readonly LogRow[]): PublishedLog | null =>
  row === undefined
    ? null
    : {
        size: Number(row.size),
        root: row.root,
        note: row.note,
        verifierKey: row.verifier_key,
        nextVerifierKey: row.next_verifier_key,
        signedAt: Number(row.at),
        ageMs: Number(row.age),
      };

/** What a log serves. Nothing of it lies beyond what is published. */
export const createLedgerReads = (source: DataSource) => ({
  /** Those that have a log. */
  async workspaces(): Promise<string[]> {
    const rows: Array<{ workspace: string }> = await source.query(
      'select workspace from custody.ledger_log where published > 0 order by workspace',
    );
    return rows.map(({ workspace }) => workspace);
  },

  /** Null before the first checkpoint. */
  async published(workspace: string): Promise<PublishedLog | null> {
    return logOf(await source.query(logSql('l.published'), [workspace]));
  },

  /** The largest published checkpoint that a witness has signed; null where none has. */
  async cosigned(workspace: string): Promise<PublishedLog | null> {
    const size = `(select max(w.size) from custody.ledger_cosignature w
      where w.workspace = l.workspace and w.size <= l.published)`;
    return logOf(await source.query(logSql(size), [workspace]));
  },

  /** Published checkpoints, the largest first. */
  async checkpoints(workspace: string, page: Readonly<{ below: number | undefined; limit: number }>) {
    const rows: Array<{ size: string; root: Buffer; note: string; at: string }> = await source.query(
      `select c.size, c.root, ${NOTE} as note, (extract(epoch from c.signed_at) * 1000)::bigint as at
       from custody.ledger_checkpoint c join custody.ledger_log l using (workspace)
       where c.workspace = $1 and c.size <= l.published and ($2::bigint is null or c.size < $2)
       order by c.size desc limit $3`,
      [workspace, page.below ?? null, page.limit],
    );
    return rows.map(({ size, root, note, at }) => ({ size: Number(size), root, note, signedAt: Number(at) }));
  },

  /** The smallest published checkpoint of more leaves than this; null where there is none. */
  async nextCheckpoint(workspace: string, size: number): Promise<LedgerNote | null> {
    const [row]: Array<{ size: string; root: Buffer; note: string }> = await source.query(
      `select c.size, c.root, c.note from custody.ledger_checkpoint c join custody.ledger_log l using (workspace)
       where c.workspace = $1 and c.size > $2 and c.size <= l.published order by c.size limit 1`,
      [workspace, size],
    );
    return row === undefined ? null : { ...row, size: Number(row.size) };
  },

  /** How a tile begins: its first `width` hashes. */
  async tile(workspace: string, level: number, index: number, width: number): Promise<Buffer | null> {
    const [row]: Array<{ bytes: Buffer }> = await source.query(
      `select substring(bytes from 1 for $4) as bytes from custody.ledger_tile
       where workspace = $1 and level = $2 and index = $3 and octet_length(bytes) >= $4`,
      [workspace, level, index, width * 32],
    );
    return row?.bytes ?? null;
  },

  /** The bytes of leaves, in their order. */
  async entries(workspace: string, from: number, to: number): Promise<Buffer[]> {
    const rows: Array<{ entry: Buffer }> = await source.query(
      'select entry from custody.ledger_leaf where workspace = $1 and index >= $2 and index < $3 order by index',
      [workspace, from, to],
    );
    return rows.map(({ entry }) => entry);
  },

  /** Where the leaves of an event are, the first one first. An id is a client's, so that streams may share one. */
  async findEvent(workspace: string, event: string): Promise<Array<{ index: number; entry: Buffer; stream: string }>> {
    const rows: Array<{ index: string; entry: Buffer; stream: string }> = await source.query(
      `select index, entry, stream from custody.ledger_leaf l
       where workspace = $1 and event = $2 and index < (select published from custody.ledger_log where workspace = $1)
       order by index limit 100`,
      [workspace, event],
    );
    return rows.map((row) => ({ ...row, index: Number(row.index) }));
  },

  /**
   * The first leaf of a stream of which `isBefore` does not say that it lies before what is searched, null where all do.
   */
  async searchStream(
    workspace: string,
    stream: string,
    isBefore: (entry: Buffer) => boolean,
  ): Promise<{ index: number; entry: Buffer } | null> {
    const [row]: Array<{ next_seq: string }> = await source.query(
      'select next_seq from custody.ledger_stream where workspace = $1 and stream = $2',
      [workspace, stream],
    );
    let [low, high] = [0, Number(row?.next_seq ?? 0)];
    let found: { index: number; entry: Buffer } | null = null;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const [leaf]: Array<{ index: string; entry: Buffer }> = await source.query(
        'select index, entry from custody.ledger_leaf where workspace = $1 and stream = $2 and stream_seq = $3',
        [workspace, stream, middle],
      );
      if (leaf === undefined || !isBefore(leaf.entry)) {
        high = middle;
        if (leaf !== undefined) found = { index: Number(leaf.index), entry: leaf.entry };
      } else low = middle + 1;
    }
    return found;
  },
});
export type LedgerReads = ReturnType<typeof createLedgerReads>;
