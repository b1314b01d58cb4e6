import type { DataSource } from 'typeorm';
import { custodySchemaOf, readSchemaOf, type ShadowName } from './shadow-source';

type Asking = Pick<DataSource, 'query'>;
type TableRow = Readonly<{
  oid: string;
  table: string;
  partitioning: string | null;
  parent: string | null;
  bound: string | null;
  options: string[] | null;
}>;

/** Tables of the schema `read`, parents before their partitions. */
const TABLES = `
  select c.oid::text, c.relname as table, c.reloptions as options,
    case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end as partitioning,
    p.relname as parent, pg_get_expr(c.relpartbound, c.oid) as bound
  from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'read'
  left join pg_inherits i on i.inhrelid = c.oid left join pg_class p on p.oid = i.inhparent
  where c.relkind in ('r', 'p') order by i.inhrelid is not null, c.relname`;

const CONSTRAINTS = `
  select k.conname as name, pg_get_constraintdef(k.oid) as text from pg_constraint k
  where k.conrelid = $1::oid and k.contype in ('p', 'u') order by 1`;

/** Indexes that no constraint has made. */
const INDEXES = `
  select pg_get_indexdef(i.indexrelid) as text from pg_index i
  where i.indrelid = $1::oid and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
  order by 1`;

const LIKE = 'including defaults including generated including constraints including storage including comments';

function tableSql(schema: string, { table, partitioning, parent, bound, options }: TableRow): string {
  const what =
    parent === null
      ? `(like read.${table} ${LIKE})${partitioning === null ? '' : ` partition by ${partitioning}`}`
      : `partition of ${schema}.${parent} ${bound}`;
  return `create table ${schema}.${table} ${what}${options === null ? '' : ` with (${options.join(', ')})`}`;
}

/** Constraints and indexes under their own names; those of partitions follow from their parents'. */
async function copyIndexes(source: Asking, schema: string, { oid, table }: TableRow): Promise<void> {
  const constraints: Array<{ name: string; text: string }> = await source.query(CONSTRAINTS, [oid]);
  for (const { name, text } of constraints)
    await source.query(`alter table ${schema}.${table} add constraint ${name} ${text}`);
  const indexes: Array<{ text: string }> = await source.query(INDEXES, [oid]);
  for (const { text } of indexes) await source.query(text.replace(/ ON (?:ONLY )?read\./, ` ON ${schema}.`));
}

/** What a projector moves while it projects. Writers have the numbers that custody has given them, or gives them now. */
const custodySql = (schema: string): string => `
  create table ${schema}.lease (like custody.lease including all);
  create table ${schema}.metric_range (like custody.metric_range including all);
  create table ${schema}.writer_receipt (like custody.writer_receipt including defaults including constraints including indexes);
  create function ${schema}.number_writer() returns trigger language plpgsql as $$
  begin
    select w.number into new.number from custody.writer_receipt w
    where (w.workspace, w.run, w.topic, w.writer) = (new.workspace, new.run, new.topic, new.writer);
    if new.number is null then
      insert into custody.writer_receipt as w (workspace, run, topic, writer)
      values (new.workspace, new.run, new.topic, new.writer)
      on conflict (workspace, run, topic, writer) do update set points = w.points returning w.number into new.number;
    end if;
    return new;
  end $$;
  create trigger number_writer before insert on ${schema}.writer_receipt
    for each row execute function ${schema}.number_writer();`;

export async function dropShadow(source: Asking, name: ShadowName): Promise<void> {
  await source.query(`drop schema if exists ${readSchemaOf(name)}, ${custodySchemaOf(name)} cascade`);
}

/** Empty tables like those of the schema `read`, and what is moved with them. What was there of the same name is dropped. */
export async function createShadow(source: DataSource, name: ShadowName): Promise<void> {
  const [read, custody] = [readSchemaOf(name), custodySchemaOf(name)];
  await source.transaction(async (tx) => {
    await dropShadow(tx, name);
    await tx.query(`create schema ${read}`);
    await tx.query(`create schema ${custody}`);
    const tables: TableRow[] = await tx.query(TABLES);
    for (const table of tables) await tx.query(tableSql(read, table));
    for (const table of tables) if (table.parent === null) await copyIndexes(tx, read, table);
    await tx.query(custodySql(custody));
  });
}

const SHAPE = `
  select c.relname, a.attname, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull, a.attnum
  from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = $1
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relkind in ('r', 'p')`;

/** Whether the shadow's tables are there, and are still what the live ones are: a migration may have come between. */
export async function fitsShadow(source: Asking, name: ShadowName): Promise<boolean> {
  const order = 'order by 1, 5';
  const columns = async (schema: string): Promise<string> => {
    const rows: Array<Record<string, unknown>> = await source.query(`${SHAPE} ${order}`, [schema]);
    // Places of columns differ where one was dropped before; their order does not.
    return JSON.stringify(rows.map(({ attnum: _, ...column }) => column));
  };
  return (await columns('read')) === (await columns(readSchemaOf(name)));
}
