import type { DataSource, QueryRunner } from 'typeorm';
import { type Projection, SHARED_TABLES, tablesOf } from './projection-tables';
import { custodySchemaOf, readSchemaOf, type ShadowName } from './shadow-source';

/** What rows are about: a run, an experiment, a model …, by the column that names it. */
export type RowSubject = Readonly<{ workspace: string; kind: string; id: string }>;
/** Rows of one table about one thing: how many, and a SHA-256 over all their columns. */
export type RowDigest = RowSubject & Readonly<{ rows: number; digest: string }>;

/** A table, or the part of one that a projection has, as it is compared. */
export type ComparedTable = Readonly<{
  name: string;
  kind: string;
  /** `workspace`, `id` and the whole row as text. */
  rowsSql(side: Side): string;
  /** Condition on rows `t` of one subject: $1 its workspace, $2 its id. Null: they are not copied from a shadow row by row. */
  ofSubject: string | null;
}>;
/** The tables that people read, or a shadow of them. */
export type Side = 'live' | ShadowName;

const PAGE = 2_000;
const ofRow = `encode(sha256(convert_to(t::text, 'UTF8')), 'hex')`;

const readOf = (side: Side): string => (side === 'live' ? 'read' : readSchemaOf(side));
const custodyOf = (side: Side): string => (side === 'live' ? 'custody' : custodySchemaOf(side));

/** Subject of tables that hold numbers in place of names. A number that nobody was given is a subject of its own. */
const numbered = (name: string): ComparedTable => ({
  name,
  kind: 'run',
  rowsSql: (side) => `
    select coalesce(s.workspace, '') as workspace, coalesce(s.run, 'series ' || t.series) as id, t::text as t
    from ${readOf(side)}.${name} t left join custody.series s on s.number = t.series`,
  ofSubject: `(t.series in (select s.number from custody.series s where s.workspace = $1 and s.run = $2)
    or ($1 = '' and $2 = 'series ' || t.series))`,
});

const receipts: ComparedTable = {
  name: 'writer_receipt',
  kind: 'run',
  rowsSql: (side) => `
    select t.workspace, t.run as id, (t.number, t.writer, t.stored, t.points)::text as t
    from ${custodyOf(side)}.writer_receipt t where t.topic = 'metrics' and not isempty(t.stored)`,
  ofSubject: null,
};

/** A table's key begins with the workspace and the thing that the row is about. */
async function keyOf(source: Pick<DataSource, 'query'>, table: string): Promise<string[]> {
  const rows: Array<{ column: string }> = await source.query(
    `select a.attname as column from pg_constraint k
     cross join unnest(k.conkey) with ordinality as c(num, place)
     join pg_attribute a on a.attrelid = k.conrelid and a.attnum = c.num
     where k.conrelid = format('read.%I', $1::text)::regclass and k.contype = 'p' order by c.place`,
    [table],
  );
  return rows.map(({ column }) => column);
}

async function namedTable(source: Pick<DataSource, 'query'>, name: string, where = 'true'): Promise<ComparedTable> {
  const [first, second] = await keyOf(source, name);
  const hasSubject = first === 'workspace' && second !== undefined;
  const id = hasSubject ? `t.${second}` : first === 'workspace' ? `''` : `concat_ws('/', t.topic, t.partition, t.off)`;
  return {
    name,
    kind: hasSubject ? second : name,
    rowsSql: (side) =>
      `select coalesce(t.workspace, '') as workspace, ${id}::text as id, t::text as t from ${readOf(side)}.${name} t where ${where}`,
    ofSubject: `coalesce(t.workspace, '') = $1 and ${id}::text = $2 and (${where})`,
  };
}

/** Everything in Postgres that a projection has made of the log. */
export async function comparedTables(
  source: Pick<DataSource, 'query'>,
  projection: Projection,
): Promise<ComparedTable[]> {
  const own = await tablesOf(source, projection);
  const tables =
    projection === 'series'
      ? [...own.map(numbered), receipts]
      : await Promise.all(own.map((name) => namedTable(source, name)));
  for (const [name, parts] of Object.entries(SHARED_TABLES))
    if (parts[projection] !== 'false') tables.push(await namedTable(source, name, parts[projection]));
  return tables;
}

/** Digests of one side of a table, in the order of their subjects' bytes. Few of them are in memory at a time. */
export async function* digestRows(runner: QueryRunner, table: ComparedTable, side: Side): AsyncGenerator<RowDigest> {
  const cursor = `digests_${side}`;
  await runner.query(
    `declare ${cursor} cursor for
     select workspace, id, count(*)::int8 as rows, encode(sha256(convert_to(string_agg(h, '' order by h collate "C"), 'UTF8')), 'hex') as digest
     from (select workspace collate "C" as workspace, id collate "C" as id, ${ofRow} as h from (${table.rowsSql(side)}) t0(workspace, id, t)) hashed
     group by 1, 2 order by 1, 2`,
  );
  try {
    for (;;) {
      const rows = (await runner.query(`fetch ${PAGE} from ${cursor}`)) as Array<
        Record<'workspace' | 'id' | 'rows' | 'digest', string>
      >;
      for (const { workspace, id, rows: n, digest } of rows)
        yield { workspace, kind: table.kind, id, rows: Number(n), digest };
      if (rows.length < PAGE) return;
    }
  } finally {
    await runner.query(`close ${cursor}`).catch(() => undefined); // a failed transaction has none
  }
}

/** The rows of one subject on one side, each as text. */
export async function rowsOfSubject(
  runner: QueryRunner,
  { table, side }: Readonly<{ table: ComparedTable; side: Side }>,
  { workspace, id }: RowSubject,
  limit: number,
): Promise<string[]> {
  const rows = (await runner.query(
    `select t from (${table.rowsSql(side)}) t0(workspace, id, t) where workspace = $1 and id = $2 order by t collate "C" limit $3`,
    [workspace, id, limit],
  )) as Array<{ t: string }>;
  return rows.map(({ t }) => t);
}
