import { Fault } from '@runledger/kernel';
import type { EntityManager } from 'typeorm';
import { type Projection, SHARED_TABLES, tablesOf } from './projection-tables';
import { dropRolledMarks } from './rollup-watermark';
import { fitsShadow } from './shadow-schema';
import { custodySchemaOf, readSchemaOf, type ShadowName } from './shadow-source';

/** Readers of old rows are waited for so long; those that come meanwhile wait behind. Then it is tried again later. */
const LOCK_TIMEOUT = '2s';

async function partitionsOf(tx: EntityManager, schema: string, table: string): Promise<string[]> {
  const rows: Array<{ table: string }> = await tx.query(
    `select c.relname as table from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = format('%I.%I', $1::text, $2::text)::regclass order by 1`,
    [schema, table],
  );
  return rows.map((row) => row.table);
}

/**
 * Puts a projection's shadow tables in the place of the live ones, in the caller's transaction: whoever reads sees all of the old
 * rows, or all of the new ones. Tables that are shared change the rows that are the projection's.
 * @throws Fault conflict POSTGRES_SHADOW_OLD: a migration came between; Postgres' own 55P03 where readers hold a table for too long
 */
export async function swapShadow(tx: EntityManager, name: ShadowName, projection: Projection): Promise<void> {
  if (!(await fitsShadow(tx, name)))
    throw new Fault(
      'conflict',
      'POSTGRES_SHADOW_OLD',
      'the tables have changed since the rebuild began: it begins anew',
    );
  const shadow = readSchemaOf(name);
  await tx.query(`select set_config('lock_timeout', $1, true)`, [LOCK_TIMEOUT]);
  for (const table of await tablesOf(tx, projection)) {
    const partitions = await partitionsOf(tx, shadow, table);
    await tx.query(`drop table read.${table}`);
    for (const moved of [table, ...partitions]) await tx.query(`alter table ${shadow}.${moved} set schema read`);
  }
  for (const [table, own] of Object.entries(SHARED_TABLES)) {
    const mine = own[projection];
    await tx.query(`delete from read.${table} where ${mine}`);
    await tx.query(`insert into read.${table} select * from ${shadow}.${table} where ${mine}`);
  }
  if (projection === 'series') {
    await tx.query(
      `update custody.writer_receipt r set stored = coalesce(s.stored, '{}'), points = coalesce(s.points, 0)
       from custody.writer_receipt o left join ${custodySchemaOf(name)}.writer_receipt s on s.number = o.number
       where o.number = r.number and r.topic = 'metrics'
         and (r.stored, r.points) is distinct from (coalesce(s.stored, '{}'), coalesce(s.points, 0))`,
    );
    await dropRolledMarks(tx);
  }
}
