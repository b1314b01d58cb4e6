import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import type { Projection } from './projection-tables';
import type { ShadowName } from './shadow-source';

type Asking = Pick<EntityManager, 'query'>;
const key = (what: string): string => `hashtextextended('runledger.upkeep.${what}', 0)`;
/** Held by whoever compares or rolls: meanwhile no tables change places. */
const SWAP = key('swap');

/** What a transaction or session may do while it waits for another store: the server's limit is for those that stand still. */
export const NO_IDLE_LIMIT = 'set local idle_in_transaction_session_timeout = 0';

/** One session's turn at a shadow, at the check of the ledger, at the archive, or at what expires; null while another process has it. It ends with `release`, or with the session. */
export async function takeTurn(
  source: DataSource,
  name: ShadowName | 'ledger' | 'archive' | 'retention' | 'retention-artifacts' | 'artifact-locks',
): Promise<(() => Promise<void>) | null> {
  const runner = source.createQueryRunner();
  const rows = (await runner.query(`select pg_try_advisory_lock(${key(name)}) as mine`)) as Array<{ mine: boolean }>;
  if (rows[0]?.mine !== true) {
    await runner.release();
    return null;
  }
  return async () => {
    await runner.query(`select pg_advisory_unlock(${key(name)})`).catch(() => undefined); // a broken session has none
    await runner.release();
  };
}

/** Until the transaction ends, no tables change places. */
export const keepTables = (tx: Asking): Promise<unknown> => tx.query(`select pg_advisory_xact_lock_shared(${SWAP})`);
/** Until the transaction ends, nobody compares or rolls. False: somebody does, and it is to be tried again. */
export async function moveTables(tx: Asking): Promise<boolean> {
  const rows: Array<{ mine: boolean }> = await tx.query(`select pg_try_advisory_xact_lock(${SWAP}) as mine`);
  return rows[0]?.mine === true;
}

/** Where a projection stands in a partition. */
export type Standing = Readonly<{ topic: string; partition: number; nextOffset: number; epoch: number }>;

const standing = (rows: ReadonlyArray<Record<string, string>>): Standing[] =>
  rows.map((row) => ({
    topic: String(row['topic']),
    partition: Number(row['partition']),
    nextOffset: Number(row['next_offset']),
    epoch: Number(row['epoch']),
  }));
const STANDINGS = `select topic, partition, next_offset, epoch from custody.lease where group_name = $1 order by 1, 2`;

/** Where a projection stands, as this transaction or session sees it. */
export const standingsOf = async (of: Asking | QueryRunner, projection: Projection): Promise<Standing[]> =>
  standing((await of.query(STANDINGS, [projection])) as Array<Record<string, string>>);

/** Where it stands until the transaction ends: who projects waits so long. */
export const holdStandings = async (tx: Asking, projection: Projection): Promise<Standing[]> =>
  standing(await tx.query<Array<Record<string, string>>>(`${STANDINGS} for update`, [projection]));

/** Takes all partitions from whoever has them: he begins anew at the same offsets, with nothing in memory. */
export async function fenceStandings(tx: Asking, projection: Projection, holder: string): Promise<Standing[]> {
  await tx.query('update custody.lease set epoch = epoch + 1, holder = $2 where group_name = $1', [projection, holder]);
  return standingsOf(tx, projection);
}
