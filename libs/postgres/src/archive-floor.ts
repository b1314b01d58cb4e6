import type { DataSource } from 'typeorm';

/** Where everybody who follows the log stands, and how much was in the logs of the ledger then. */
export type Followed = Readonly<{
  leases: ReadonlyArray<Readonly<{ group: string; topic: string; partition: number; nextOffset: number }>>;
  /** Leaves that had a place, by workspace. */
  sequenced: ReadonlyMap<string, number>;
}>;

/** In one snapshot: all that the notary stands behind has a place in `sequenced`. */
export const readFollowed = (source: DataSource): Promise<Followed> =>
  source.transaction('REPEATABLE READ', async (tx) => {
    const leases: Array<Record<string, string>> = await tx.query(
      'select group_name, topic, partition, next_offset from custody.lease order by 1, 2, 3',
    );
    const logs: Array<Record<string, string>> = await tx.query('select workspace, sequenced from custody.ledger_log');
    return {
      leases: leases.map((row) => ({
        group: String(row['group_name']),
        topic: String(row['topic']),
        partition: Number(row['partition']),
        nextOffset: Number(row['next_offset']),
      })),
      sequenced: new Map(logs.map((row) => [String(row['workspace']), Number(row['sequenced'])])),
    };
  });

/** Whether all of these leaves are behind a checkpoint that is stored and published. */
export async function arePublished(source: DataSource, sequenced: Followed['sequenced']): Promise<boolean> {
  const rows: unknown[] = await source.query(
    `select 1 from unnest($1::text[], $2::bigint[]) as then_(workspace, sequenced)
     left join custody.ledger_log l on l.workspace = then_.workspace
     where coalesce(l.published, 0) < then_.sequenced limit 1`,
    [[...sequenced.keys()], [...sequenced.values()]],
  );
  return rows.length === 0;
}
