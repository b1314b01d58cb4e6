/** How a value goes into a column by `unnest`: the type of its array, and how the value is written. */
export type ColumnType = 'text' | 'int8' | 'float8' | 'bool' | 'bytea' | 'jsonb' | 'timestamptz';
export type Column<R> = Readonly<{ column: string; type: ColumnType; write: (row: R) => unknown }>;

/** ms since 1970 as Postgres reads it: exact to the millisecond, from year 1 before to 9999 after Christ and further. */
export function pgTime(ms: number | null): string | null {
  if (ms === null) return null;
  const time = new Date(ms);
  const year = time.getUTCFullYear();
  const rest = time.toISOString().slice(-20); // from the dash before the month
  return year > 0 ? `${String(year).padStart(4, '0')}${rest}` : `${String(1 - year).padStart(4, '0')}${rest} BC`;
}

/** Selects a timestamp so that `readNumber` gives back what `pgTime` was given. */
export const selectTime = (column: string, as: string): string =>
  `(extract(epoch from ${column}) * 1000)::int8 as ${as}`;
export const readNumber = (value: unknown): number | null => (value === null ? null : Number(value));

/** `unnest($1::text[], …) as alias (…)` and its parameters: a batch of rows in one statement. */
export function unnested<R>(
  rows: readonly R[],
  columns: ReadonlyArray<Column<R>>,
  alias: string,
): { from: string; params: unknown[][] } {
  const types = columns.map((c, i) => `$${i + 1}::${c.type}[]`);
  return {
    from: `unnest(${types.join(', ')}) as ${alias} (${columns.map((c) => c.column).join(', ')})`,
    params: columns.map((c) => rows.map(c.write)),
  };
}

/** `insert into … select … from unnest`; `after` may say what happens on a conflict. */
export function insertSql<R>(
  table: string,
  rows: readonly R[],
  columns: ReadonlyArray<Column<R>>,
  after = '',
): [sql: string, params: unknown[][]] {
  const { from, params } = unnested(rows, columns, 'n');
  return [`insert into ${table} (${columns.map((c) => c.column).join(', ')}) select * from ${from} ${after}`, params];
}
