import type { RefusedEvent } from '@runledger/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import { type Column, insertSql, pgTime } from './columns';

/**
 * Records, in the transaction that moves the offset past them, what a group can never apply. The same place again is
 * the same letter.
 */
export async function insertDeadLetters(
  tx: EntityManager,
  group: string,
  refused: readonly RefusedEvent[],
): Promise<void> {
  if (refused.length === 0) return;
  const columns: ReadonlyArray<Column<RefusedEvent>> = [
    { column: 'group_name', type: 'text', write: () => group },
    { column: 'topic', type: 'text', write: (r) => r.topic },
    { column: 'partition', type: 'int8', write: (r) => r.partition },
    { column: 'off', type: 'int8', write: (r) => r.offset },
    { column: 'ord', type: 'int8', write: (r) => r.ordinal },
    { column: 'workspace', type: 'text', write: (r) => r.workspace },
    { column: 'step', type: 'text', write: (r) => r.step },
    { column: 'code', type: 'text', write: (r) => r.code },
    { column: 'message', type: 'text', write: (r) => r.message },
    { column: 'time', type: 'timestamptz', write: (r) => pgTime(r.time) },
  ];
  await tx.query(...insertSql('read.dead_letter', refused, columns, 'on conflict do nothing'));
}

/** How many letters a group has set aside, for people who watch. */
export async function countDeadLetters(source: DataSource): Promise<Array<{ group: string; letters: number }>> {
  const rows: Array<{ group_name: string; letters: string }> = await source.query(
    'select group_name, count(*) as letters from read.dead_letter group by 1 order by 1',
  );
  return rows.map((row) => ({ group: row.group_name, letters: Number(row.letters) }));
}
