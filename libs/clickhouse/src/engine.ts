import type { Readable } from 'node:stream';
import type { NativeBlock } from './native-block';

/** A value of a `{name:Type}` placeholder. It is bound by the engine and never becomes SQL text. */
export type Param = string | number | bigint | boolean | readonly (string | number | bigint)[];
export type Params = Readonly<Record<string, Param>>;

export type Settings = Readonly<Record<string, number>>;

export type PartInsert = Readonly<{
  queryId: string;
  /**
   * A query that gives rows when the part is stored already: then nothing is inserted. The engine asks it as the insert
   * begins, so that a process which was stopped between deciding and sending adds nothing when it goes on.
   */
  unless: string;
}>;

/** Rows that a statement brings along, as a file that is tab separated and escaped as the engine's TSV is. */
export type GivenTable = Readonly<{
  name: string;
  file: string;
  columns: ReadonlyArray<readonly [name: string, type: string]>;
}>;
export type PouredFormat =
  | 'JSONCompactEachRowWithNamesAndTypes'
  | 'JSONEachRow'
  | 'CSVWithNames'
  | 'ArrowStream'
  | 'Parquet';
/** A statement with an answer of any size. Its text holds its values: it has no placeholders. */
export type Pouring = Readonly<{
  /** Named queries, which may read the given tables and those before them. */
  ctes: ReadonlyArray<Readonly<{ name: string; sql: string }>>;
  select: string;
  tables: readonly GivenTable[];
  format: PouredFormat;
  settings: Settings;
  /** Ends the statement in the engine, wherever it is. */
  signal: AbortSignal;
}>;

/** ClickHouse. Two implementations, embedded (chdb) and remote (HTTP); one behaviour suite. */
export interface ClickHouse {
  /** Runs a statement that answers nothing. */
  command(sql: string, params?: Params): Promise<void>;
  /** Rows of a query, as JSON gives them: 64-bit integers as strings, NaN and infinities as "nan", "inf", "-inf". */
  rows<Row>(sql: string, params?: Params, settings?: Settings): Promise<Row[]>;
  /** The answer in a named format, as bytes. */
  bytes(sql: string, format: string, params?: Params, settings?: Settings): Promise<Uint8Array>;
  /**
   * The answer as a stream, which holds the engine back while nobody reads. What fails before the first byte rejects; what fails
   * later destroys the stream.
   * @throws Fault invalid CLICKHOUSE_STATEMENT_…, overloaded CLICKHOUSE_BUSY
   */
  pour(pouring: Pouring): Promise<Readable>;
  /**
   * Stores a block as one part: one rename makes all of it visible. Resolves once the part is on disk. When it rejects,
   * the outcome is unknown: see `settle`.
   */
  insertPart(table: string, block: NativeBlock, insert: PartInsert): Promise<void>;
  /** Returns when no insert of this query id runs any more, whatever became of it. */
  settle(queryId: string): Promise<void>;
  close(): Promise<void>;
}

/** Settings of an insert that must become one part (design: range protocol, step 2). */
export const ONE_PART_SETTINGS: Settings = {
  async_insert: 0,
  max_insert_threads: 1,
  max_threads: 1,
  max_block_size: 4_000_000,
  max_insert_block_size: 4_000_000,
  min_insert_block_size_rows: 4_000_000,
  min_insert_block_size_bytes: 4_000_000_000,
  // A deduplication token or block hash must never decide whether rows are stored.
  insert_deduplicate: 0,
  // Repeats inside a range are left to reads and merges: sorting them out here costs the hot path.
  optimize_on_insert: 0,
};

/** Settings of every read: exact numbers in JSON. */
export const READ_SETTINGS: Settings = {
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_denormals: 1,
};

/** Placeholders' values as both engines' clients bind them. */
export const bindable = (params: Params): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map((item: Param) => plain(item)) : plain(value),
    ]),
  );
const plain = (value: Param): unknown => (typeof value === 'bigint' ? value.toString() : value);

/** Rows of a JSONEachRow answer. */
export function parseRows<Row>(bytes: Uint8Array): Row[] {
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString().split('\n');
  lines.pop();
  return lines.map((line) => JSON.parse(line) as Row);
}

/** Settings as a statement's own clause carries them. */
export const settingsText = (settings: Settings): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}`)
    .join(', ');

/** A statement with its named queries before it. */
export const withCtes = (ctes: Pouring['ctes'], select: string): string =>
  ctes.length === 0 ? select : `with ${ctes.map(({ name, sql }) => `${name} as (${sql})`).join(', ')} ${select}`;

export const structureOfTable = ({ columns }: GivenTable): string =>
  columns.map(([name, type]) => `${name} ${type}`).join(', ');

/** The columns and types of a block, as `input` and `file` take them. */
export const structureOf = (block: NativeBlock): string => block.columns.map((c) => `${c.name} ${c.type}`).join(', ');
