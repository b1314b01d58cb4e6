import type { RefusedEvent } from '@runledger/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import { type Column, insertSql, pgTime } from './columns';
import { readSchemaOf, type ShadowName } from './shadow-source';

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

/** Letters of a projection that its shadow has and the live rows have not, by where they were set aside. */
export async function lettersOfShadow(source: DataSource, name: ShadowName, group: string): Promise<string[]> {
  const rows: Array<{ place: string }> = await source.query(
    `select concat_ws('/', s.topic, s.partition, s.off, s.ord) || ': ' || s.code as place
     from ${readSchemaOf(name)}.dead_letter s
     where s.group_name = $1 and not exists (select from read.dead_letter l
       where (l.group_name, l.topic, l.partition, l.off, l.ord) = (s.group_name, s.topic, s.partition, s.off, s.ord))
     order by 1 limit 10`,
    [group],
  );
  return rows.map(({ place }) => place);
}

/** How many letters a group has set aside, for people who watch. */
export async function countDeadLetters(source: DataSource): Promise<Array<{ group: string; letters: number }>> {
  const rows: Array<{ group_name: string; letters: string }> = await source.query(
    'select group_name, count(*) as letters from read.dead_letter group by 1 order by 1',
  );
  return rows.map((row) => ({ group: row.group_name, letters: Number(row.letters) }));
}
