import type { Position } from '@runledger/contracts';
import type { Client } from 'pg';
import { connect, end, type Target } from './connection';

/** Rows that go in one transaction: a deletion holds no lock that a publisher wants, but its WAL comes at once. */
const AT_A_TIME = 5_000;

async function firstOf(client: Client, { topic, partition }: Position): Promise<number | null> {
  const { rows } = await client.query<{ off: string | null }>(
    'select min(off) as off from custody.log_record where topic = $1 and partition = $2',
    [topic, partition],
  );
  const off = rows[0]?.off ?? null;
  return off === null ? null : Number(off);
}

/**
 * Moves the start of a partition, and then deletes what lies before it: from the first commit on nobody reads what is going, so that
 * a process that dies in between leaves rows that nobody sees, which the next call deletes.
 */
export async function dropRecords(target: Target, before: Position): Promise<void> {
  const { topic, partition, offset } = before;
  const client = await connect(target);
  try {
    await client.query(
      `update custody.log_partition set start_offset = least($3, next_offset)
       where topic = $1 and partition = $2 and start_offset < least($3, next_offset)`,
      [topic, partition, offset],
    );
    const { rows } = await client.query<{ start_offset: string }>(
      'select start_offset from custody.log_partition where topic = $1 and partition = $2',
      [topic, partition],
    );
    const start = Number(rows[0]?.start_offset ?? 0);
    for (let from = (await firstOf(client, before)) ?? start; from < start; from += AT_A_TIME)
      await client.query(
        'delete from custody.log_record where topic = $1 and partition = $2 and off >= $3 and off < $4',
        [topic, partition, from, Math.min(from + AT_A_TIME, start)],
      );
  } finally {
    await end(client);
  }
}
