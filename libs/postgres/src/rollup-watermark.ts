import type { DataSource } from 'typeorm';

/** The offset up to which the rollups of a partition hold; points from there on are read themselves. */
export async function rolledTo(source: DataSource, partition: number): Promise<number> {
  const rows: Array<{ next_offset: string }> = await source.query(
    'select next_offset from read.rollup_watermark where partition = $1',
    [partition],
  );
  return Number(rows[0]?.next_offset ?? 0);
}

/** Nothing is rolled any more. */
export const dropRolledMarks = (tx: Pick<DataSource, 'query'>): Promise<unknown> =>
  tx.query('delete from read.rollup_watermark');

/** Moves the watermark from where this roller found it. False: another one has moved it, which is as good. */
export async function moveRolledTo(source: DataSource, partition: number, from: number, to: number): Promise<boolean> {
  const rows: unknown[] = await source.query(
    `with moved as (
       insert into read.rollup_watermark (partition, next_offset) values ($1, $3)
       on conflict (partition) do update set next_offset = excluded.next_offset
       where rollup_watermark.next_offset = $2 returning 1)
     select 1 from moved`,
    [partition, from, to],
  );
  return rows.length > 0;
}
