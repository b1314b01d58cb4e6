import type { EntityManager } from 'typeorm';
import type { ComparedTable, RowSubject } from './row-digests';
import { custodySchemaOf, readSchemaOf, type ShadowName } from './shadow-source';

async function columnsOf(tx: EntityManager, table: string): Promise<string> {
  const rows: Array<{ column: string }> = await tx.query(
    `select quote_ident(attname) as column from pg_attribute
     where attrelid = format('read.%I', $1::text)::regclass and attnum > 0 and not attisdropped and attgenerated = ''
     order by attnum`,
    [table],
  );
  return rows.map(({ column }) => column).join(', ');
}

/** Receipts lie in custody and are not dropped: they get what the log says. */
async function mendReceipts(tx: EntityManager, name: ShadowName, { workspace, id }: RowSubject): Promise<void> {
  await tx.query(
    `update custody.writer_receipt r set stored = coalesce(s.stored, '{}'), points = coalesce(s.points, 0)
     from custody.writer_receipt o left join ${custodySchemaOf(name)}.writer_receipt s on s.number = o.number
     where o.number = r.number and r.topic = 'metrics' and r.workspace = $1 and r.run = $2`,
    [workspace, id],
  );
}

/** Makes the live rows of one subject what the shadow's are, in the caller's transaction, which holds the offsets. */
export async function mendRows(
  tx: EntityManager,
  name: ShadowName,
  tables: readonly ComparedTable[],
  subject: RowSubject,
): Promise<void> {
  const of = [subject.workspace, subject.id];
  for (const { name: table, kind, ofSubject } of tables) {
    if (kind !== subject.kind) continue;
    if (ofSubject === null) {
      await mendReceipts(tx, name, subject);
      continue;
    }
    const columns = await columnsOf(tx, table);
    await tx.query(`delete from read.${table} t where ${ofSubject}`, of);
    await tx.query(
      `insert into read.${table} (${columns}) select ${columns} from ${readSchemaOf(name)}.${table} t where ${ofSubject}`,
      of,
    );
  }
}
