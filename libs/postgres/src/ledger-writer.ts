import { Fault } from '@runledger/kernel';
import type { DataSource, EntityManager } from 'typeorm';

/** The right to integrate and to sign, until somebody takes it with a higher epoch. */
export type LedgerWriter = Readonly<{ epoch: number }>;
/** A workspace's tree as far as it is integrated. */
export type LedgerTree = Readonly<{
  workspace: string;
  sequenced: number;
  integrated: number;
  published: number;
  subtrees: readonly Buffer[];
}>;
/** Hashes that a tile gets at its end. `index` is the tile's. */
export type TileGrowth = Readonly<{ level: number; index: number; bytes: Buffer; widthAfter: number }>;
/** A note that was signed, and for which tree. */
export type LedgerNote = Readonly<{ size: number; root: Buffer; note: string }>;

/** A writer who has not been seen for so long has died, or stands still: he shows himself each second. */
const SILENCE = '4 seconds';
const HASH_BYTES = 32;

const lost = (): Fault => new Fault('conflict', 'POSTGRES_LOST_LEDGER', 'another process writes the ledger now');

/** Takes the right from a writer that is silent. Null while another one is alive. */
export async function takeLedger(source: DataSource, holder: string): Promise<LedgerWriter | null> {
  const rows: Array<{ epoch: string }> = await source.query(
    `with taken as (
       insert into custody.ledger_writer as w (epoch, holder, seen_at) values (1, $1, clock_timestamp())
       on conflict (one) do update set epoch = w.epoch + 1, holder = excluded.holder, seen_at = excluded.seen_at
         where w.seen_at < clock_timestamp() - interval '${SILENCE}'
       returning epoch)
     select epoch from taken`,
    [holder],
  );
  return rows[0] === undefined ? null : { epoch: Number(rows[0].epoch) };
}

/** At an ordered end: the next one need not wait. */
export async function leaveLedger(source: DataSource, { epoch }: LedgerWriter): Promise<void> {
  await source.query(`update custody.ledger_writer set seen_at = '-infinity' where epoch = $1`, [epoch]);
}

/**
 * A transaction that only the present writer can commit; it also tells that he is alive.
 * @throws Fault conflict POSTGRES_LOST_LEDGER: this writer is a zombie, and must stop
 */
export const asWriter = <T>(
  source: DataSource,
  { epoch }: LedgerWriter,
  work: (tx: EntityManager) => Promise<T>,
): Promise<T> =>
  source.transaction(async (tx) => {
    const rows: unknown[] = await tx.query(
      `with seen as (update custody.ledger_writer set seen_at = clock_timestamp() where epoch = $1 returning 1)
       select 1 from seen`,
      [epoch],
    );
    if (rows.length === 0) throw lost();
    return work(tx);
  });

type TreeRow = Readonly<{
  workspace: string;
  sequenced: string;
  integrated: string;
  published: string;
  subtrees: Buffer[];
}>;

/** The trees of all workspaces that have leaves which nobody has a checkpoint of. */
export async function behindTrees(source: DataSource): Promise<LedgerTree[]> {
  const rows: TreeRow[] = await source.query(
    `select workspace, sequenced, integrated, published, subtrees from custody.ledger_log
     where published < sequenced order by workspace`,
  );
  return rows.map((row) => ({
    workspace: row.workspace,
    sequenced: Number(row.sequenced),
    integrated: Number(row.integrated),
    published: Number(row.published),
    subtrees: row.subtrees,
  }));
}

/** Hashes of sequenced leaves, in their order. */
export async function leafHashes(source: DataSource, workspace: string, from: number, to: number): Promise<Buffer[]> {
  const rows: Array<{ hash: Buffer }> = await source.query(
    'select hash from custody.ledger_leaf where workspace = $1 and index >= $2 and index < $3 order by index',
    [workspace, from, to],
  );
  return rows.map(({ hash }) => hash);
}

async function growTiles(tx: EntityManager, workspace: string, growths: readonly TileGrowth[]): Promise<void> {
  const rows: Array<{ level: number; index: string; bytes: number }> = await tx.query(
    `with grown as (
       insert into custody.ledger_tile as t (workspace, level, index, bytes)
       select $1, * from unnest($2::int[], $3::bigint[], $4::bytea[])
       on conflict (workspace, level, index) do update set bytes = t.bytes || excluded.bytes
       returning level, index, octet_length(bytes) as bytes)
     select * from grown`,
    [workspace, growths.map((g) => g.level), growths.map((g) => g.index), growths.map((g) => g.bytes)],
  );
  const widths = new Map(rows.map(({ level, index, bytes }) => [`${level}/${index}`, bytes / HASH_BYTES]));
  for (const { level, index, widthAfter } of growths)
    if (widths.get(`${level}/${index}`) !== widthAfter)
      throw new Fault('bug', 'POSTGRES_TORN_TILE', `tile ${level}/${index} of ${workspace} is not as wide as its tree`);
}

/** Moves a tree to more leaves, with its tiles: a compare-and-set on what it was. @throws Fault bug POSTGRES_TORN_TILE */
export async function integrateLeaves(
  tx: EntityManager,
  { workspace, integrated }: LedgerTree,
  grown: Readonly<{ size: number; subtrees: readonly Buffer[]; tiles: readonly TileGrowth[] }>,
): Promise<void> {
  const rows: unknown[] = await tx.query(
    `with moved as (
       update custody.ledger_log set integrated = $3, subtrees = $4::bytea[]
       where workspace = $1 and integrated = $2 and sequenced >= $3 returning 1)
     select 1 from moved`,
    [workspace, integrated, grown.size, grown.subtrees],
  );
  if (rows.length === 0) throw lost();
  await growTiles(tx, workspace, grown.tiles);
}

/**
 * Keeps a signed checkpoint. There is one root for a size: another one is refused, and so is another origin, or a key that did
 * not sign beside the one before.
 * @throws Fault bug POSTGRES_TWO_ROOTS, invalid POSTGRES_OTHER_LOG
 */
export async function storeCheckpoint(
  tx: EntityManager,
  { workspace, size, root, note }: LedgerNote & { workspace: string },
  as: Readonly<{ origin: string; verifierKey: string; nextVerifierKey: string | null }>,
): Promise<void> {
  const logs: unknown[] = await tx.query(
    `with named as (
       update custody.ledger_log set origin = $2, verifier_key = $3, next_verifier_key = $4
       where workspace = $1 and coalesce(origin, $2) = $2
         and (coalesce(verifier_key, $3) = $3 or next_verifier_key = $3) returning 1)
     select 1 from named`,
    [workspace, as.origin, as.verifierKey, as.nextVerifierKey],
  );
  if (logs.length === 0)
    throw new Fault('invalid', 'POSTGRES_OTHER_LOG', `the log of ${workspace} was signed under another origin or key`);
  await tx.query(
    `insert into custody.ledger_checkpoint (workspace, size, root, note) values ($1, $2, $3, $4)
     on conflict (workspace, size) do nothing`,
    [workspace, size, root, note],
  );
  const [kept]: Array<{ root: Buffer }> = await tx.query(
    'select root from custody.ledger_checkpoint where workspace = $1 and size = $2',
    [workspace, size],
  );
  if (kept === undefined || !kept.root.equals(root))
    throw new Fault('bug', 'POSTGRES_TWO_ROOTS', `the log of ${workspace} has another root at ${size} leaves`);
}

/** From now on everybody may see the checkpoint that was stored for this size. Never a smaller one than before. */
export async function publishCheckpoint(tx: EntityManager, workspace: string, size: number): Promise<void> {
  await tx.query(
    `update custody.ledger_log set published = $2 where workspace = $1 and published < $2
     and exists (select from custody.ledger_checkpoint c where c.workspace = $1 and c.size = $2)`,
    [workspace, size],
  );
}

/** The largest checkpoint that was signed, published or not. */
export async function signedSize(source: DataSource, workspace: string): Promise<number | null> {
  const [row]: Array<{ size: string | null }> = await source.query(
    'select max(size) as size from custody.ledger_checkpoint where workspace = $1',
    [workspace],
  );
  const size = row?.size ?? null;
  return size === null ? null : Number(size);
}
