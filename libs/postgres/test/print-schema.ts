import type { DataSource } from 'typeorm';

const TABLES = `
  select c.oid::int as oid, format('%I.%I', n.nspname, c.relname) as name,
    pg_get_partkeydef(c.oid) as partition_key,
    case when c.relispartition then format('%s %s', i.inhparent::regclass, pg_get_expr(c.relpartbound, c.oid)) end as partition_of
  from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_inherits i on i.inhrelid = c.oid
  where n.nspname in ('custody', 'read') and c.relkind in ('r', 'p') order by 2`;

const COLUMNS = `
  select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as required,
    a.attidentity as identity, a.attgenerated as generated, pg_get_expr(d.adbin, d.adrelid) as expression,
    case when a.attstorage <> t.typstorage then a.attstorage::text end as storage,
    case when a.attcollation <> t.typcollation then (select collname from pg_collation where oid = a.attcollation) end as collation
  from pg_attribute a join pg_type t on t.oid = a.atttypid
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped order by a.attnum`;

const CONSTRAINTS = `
  select conname as name, pg_get_constraintdef(oid) as definition from pg_constraint
  where conrelid = $1 and contype <> 'n' order by 1`;

const INDEXES = `
  select indexdef as definition from pg_indexes
  where format('%I.%I', schemaname, tablename) = $1 order by indexname`;

type Column = Readonly<{
  name: string;
  type: string;
  required: boolean;
  identity: string;
  generated: string;
  expression: string | null;
  storage: string | null;
  collation: string | null;
}>;

function columnLine(c: Column): string {
  const parts = [`  ${c.name} ${c.type}`];
  if (c.collation !== null) parts.push(`collate "${c.collation}"`);
  if (c.storage !== null) parts.push(`storage ${c.storage}`);
  if (c.required) parts.push('not null');
  if (c.identity !== '') parts.push(`generated ${c.identity === 'a' ? 'always' : 'by default'} as identity`);
  if (c.generated !== '') parts.push(`generated always as (${c.expression ?? ''}) stored`);
  else if (c.expression !== null) parts.push(`default ${c.expression}`);
  return parts.join(' ');
}

type Table = Readonly<{ oid: number; name: string; partition_key: string | null; partition_of: string | null }>;

/** The schemas as they stand, from the catalog: stable text, near to SQL, for people and for comparing. */
export async function printSchema(source: DataSource): Promise<string> {
  const tables: Table[] = await source.query(TABLES);
  const lines: string[] = [];
  for (const { oid, name, partition_key, partition_of } of tables) {
    const columns: Column[] = await source.query(COLUMNS, [oid]);
    if (partition_of !== null) {
      const stored = columns.filter((c) => c.storage !== null).map((c) => ` (${c.name} storage ${c.storage})`);
      lines.push(`table ${name} partition of ${partition_of}${stored.join('')};`, '');
      continue;
    }
    const constraints: Array<{ name: string; definition: string }> = await source.query(CONSTRAINTS, [oid]);
    const members = [...columns.map(columnLine), ...constraints.map((c) => `  constraint ${c.name} ${c.definition}`)];
    lines.push(
      `table ${name} (`,
      members.join(',\n'),
      `)${partition_key === null ? '' : ` partition by ${partition_key}`};`,
    );
    const indexes: Array<{ definition: string }> = await source.query(INDEXES, [name]);
    lines.push(...indexes.map((i) => `${i.definition};`), '');
  }
  return lines.join('\n');
}
