import type { DataSource, EntityManager } from 'typeorm';

/** What runs SQL: a data source, or the transaction of one. */
type Queryable = Pick<DataSource | EntityManager, 'query'>;

export type RunName = Readonly<{ workspace: string; run: string }>;
export type KeyName = Readonly<{ workspace: string; key: string }>;
export type WriterName = RunName & Readonly<{ topic: string; writer: string }>;
/** A writer's number and the sequences stored so far, as Postgres prints a multirange: `{[0,7),[9,10)}`. */
export type WriterRow = Readonly<{ number: number; stored: string }>;

const columns = (rows: ReadonlyArray<readonly string[]>, width: number): string[][] =>
  Array.from({ length: width }, (_, i) => rows.map((row) => row[i] ?? ''));

/** Rows in one order everywhere, so that two transactions which add the same names never wait for each other in a circle. */
const inOrder = (rows: ReadonlyArray<readonly string[]>): Array<readonly string[]> =>
  [...rows].sort((a, b) => (a.join('\u0001') < b.join('\u0001') ? -1 : 1));

type Numbered = Readonly<{ table: string; names: readonly string[]; also?: string }>;

/** Numbers of names, given on first sight. Only names that are missing are inserted: a conflict would burn a number. */
async function numbersOf<Row>(tx: Queryable, into: Numbered, rows: ReadonlyArray<readonly string[]>): Promise<Row[]> {
  const { table, names } = into;
  const list = names.join(', ');
  const given = `unnest(${names.map((_, i) => `$${i + 1}::text[]`).join(', ')}) as g(${list})`;
  const find = `select t.number, ${names.map((n) => `t.${n}`).join(', ')}${into.also ?? ''} from ${table} t join ${given} using (${list})`;
  const wanted = columns(inOrder(rows), names.length);
  const found: Row[] = await tx.query(find, wanted);
  if (found.length === rows.length) return found;
  await tx.query(
    `insert into ${table} (${list}) select ${list} from ${given}
     where not exists (select 1 from ${table} t where (${names.map((n) => `t.${n}`).join(', ')}) = (${names.map((n) => `g.${n}`).join(', ')}))
     on conflict do nothing`,
    wanted,
  );
  return tx.query(find, wanted);
}

/** `names` without repeats. Answers in any order. */
export async function seriesNumbers(
  tx: Queryable,
  names: readonly RunName[],
): Promise<Array<RunName & { number: number }>> {
  const into = { table: 'custody.series', names: ['workspace', 'run'] };
  const rows = await numbersOf<RunName & { number: string }>(
    tx,
    into,
    names.map((n) => [n.workspace, n.run]),
  );
  return rows.map((row) => ({ ...row, number: Number(row.number) }));
}

/** `names` without repeats. Answers in any order. */
export async function keyNumbers(
  tx: Queryable,
  names: readonly KeyName[],
): Promise<Array<KeyName & { number: number }>> {
  const into = { table: 'custody.metric_key', names: ['workspace', 'key'] };
  const rows = await numbersOf<KeyName & { number: string }>(
    tx,
    into,
    names.map((n) => [n.workspace, n.key]),
  );
  return rows.map((row) => ({ ...row, number: Number(row.number) }));
}

/** `names` without repeats. Answers in any order. */
export async function writerRows(tx: Queryable, names: readonly WriterName[]): Promise<Array<WriterName & WriterRow>> {
  const into = {
    table: 'custody.writer_receipt',
    names: ['workspace', 'run', 'topic', 'writer'],
    also: ', t.stored::text as stored',
  };
  const rows = await numbersOf<WriterName & { number: string; stored: string }>(
    tx,
    into,
    names.map((n) => [n.workspace, n.run, n.topic, n.writer]),
  );
  return rows.map((row) => ({ ...row, number: Number(row.number) }));
}

/** The number of a run whose series are stored, or null. */
export async function findSeries(source: Queryable, run: RunName): Promise<number | null> {
  const rows: Array<{ number: string }> = await source.query(
    'select number from custody.series where workspace = $1 and run = $2',
    [run.workspace, run.run],
  );
  return rows[0] === undefined ? null : Number(rows[0].number);
}

/** Runs by the numbers of their series. */
export async function namesOfSeries(source: Queryable, numbers: readonly number[]): Promise<Map<number, RunName>> {
  const rows: Array<RunName & { number: string }> = await source.query(
    'select number, workspace, run from custody.series where number = any($1::bigint[])',
    [numbers],
  );
  return new Map(rows.map(({ number, workspace, run }) => [Number(number), { workspace, run }]));
}

/** Names of writers by their numbers. */
export async function writerNames(source: Queryable, numbers: readonly number[]): Promise<Map<number, string>> {
  const rows: Array<{ number: string; writer: string }> = await source.query(
    'select number, writer from custody.writer_receipt where number = any($1::bigint[])',
    [numbers],
  );
  return new Map(rows.map((row) => [Number(row.number), row.writer]));
}
