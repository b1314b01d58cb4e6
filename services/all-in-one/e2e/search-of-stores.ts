import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEmbeddedClickHouse } from '@runledger/clickhouse';
import { createLogger } from '@runledger/kernel';
import { openPersonalData } from '@runledger/personal';
import { openDataSource, openEmbeddedPostgres } from '@runledger/postgres';

/** A place where something is kept, and all that its reader gives. */
export type Store = Readonly<{ name: string; pieces: AsyncIterable<Buffer> | Iterable<Buffer> }>;

/** Files below a folder, as they lie there. */
export function* filesOf(folder: string, isMeant: (path: string) => boolean = () => true): Generator<Buffer> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesOf(path, isMeant);
    else if (entry.isFile() && isMeant(path)) yield readFileSync(path);
  }
}

/** All rows of all tables of Postgres as text, and its files after what was deleted has been taken out of them. */
export async function postgresStores(dataDir: string): Promise<Store[]> {
  const postgres = await openEmbeddedPostgres({ dataDir, log: createLogger('test', 'silent') });
  const source = await openDataSource(postgres.url, { poolSize: 2 });
  const rows: Buffer[] = [];
  let files = '';
  try {
    await source.query('vacuum full');
    await source.query('checkpoint');
    const tables: Array<{ name: string }> = await source.query(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('custody', 'read', 'public', 'log')`,
    );
    // The log keeps messages as bytes: they are read as the text that they are.
    for (const { name } of tables) {
      const found: Array<{ row: string }> = await source.query(
        `select (select string_agg(coalesce(case when value ~ '^[\\\\]x([0-9a-f]{2})*$' then encode(value::bytea, 'escape') else value end, ''), ' ')
                 from jsonb_each_text(to_jsonb(t))) as row from ${name} t`,
      );
      rows.push(...found.map(({ row }) => Buffer.from(String(row))));
    }
    const [at]: Array<{ data_directory: string }> = await source.query('show data_directory');
    files = at?.data_directory ?? '';
  } finally {
    await source.destroy();
    await postgres.stop();
  }
  const isWal = (path: string): boolean => path.includes('/pg_wal/');
  return [
    { name: 'rows of Postgres', pieces: rows },
    { name: 'heap and TOAST of Postgres', pieces: filesOf(files, (path) => path.includes('/base/')) },
    { name: 'WAL of Postgres', pieces: filesOf(files, isWal) },
    { name: 'other files of Postgres', pieces: filesOf(files, (path) => !isWal(path) && !path.includes('/base/')) },
  ];
}

/** Types of columns that can hold a text. */
const TEXTUAL = /String|JSON|Enum|Variant|Dynamic|Object/;

/** Columns of parts as they say so themselves, on the disk: of parts that are in use, and of those that are not. */
function textColumnsOfParts(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\/columns\.txt$/.test(file),
  );
  expect(files.length).toBeGreaterThan(2);
  const lines = files.flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'));
  return [...new Set(lines.filter((line) => line.startsWith('`') && TEXTUAL.test(line)))].toSorted();
}

/** What ClickHouse has that may be a text: names of migrations, and nothing else. Points are numbers, whose names are elsewhere. */
export const TEXTS_OF_CLICKHOUSE = {
  columns: ['migration.digest', 'migration.name'],
  columnsOfParts: ['`digest` String', '`name` String'],
};

/** Its columns that can hold a text, in tables as it knows them and in parts on the disk, and the rows of those tables as it reads them. */
export async function searchClickHouse(dataDir: string): Promise<typeof TEXTS_OF_CLICKHOUSE & { store: Store }> {
  const columnsOfParts = textColumnsOfParts(dataDir);
  const clickhouse = await openEmbeddedClickHouse({ dataDir });
  try {
    const all = await clickhouse.rows<{ place: string; table: string; name: string; type: string }>(
      `select concat(database, '.', table) as place, table, name, type from system.columns
       where lower(database) not in ('system', 'information_schema') order by table, name`,
    );
    expect(all.length).toBeGreaterThan(10);
    const texts = all.filter(({ type }) => TEXTUAL.test(type));
    const rows: unknown[] = [];
    for (const place of new Set(texts.map((column) => column.place)))
      rows.push(...(await clickhouse.rows(`select * from ${place}`)));
    return {
      columns: texts.map(({ table, name }) => `${table}.${name}`),
      columnsOfParts,
      store: { name: 'rows of ClickHouse', pieces: rows.map((row) => Buffer.from(JSON.stringify(row))) },
    };
  } finally {
    await clickhouse.close();
  }
}

export async function storesOf(dataDir: string, exportsKept: string): Promise<Store[]> {
  const below = (name: string): string => join(dataDir, name);
  return [
    ...(await postgresStores(below('postgres'))),
    { name: 'files of ClickHouse', pieces: filesOf(below('clickhouse')) },
    { name: 'artifacts', pieces: filesOf(below('artifacts')) },
    { name: 'kept exports', pieces: filesOf(exportsKept) },
    { name: 'keys', pieces: filesOf(below('personal')) },
  ];
}

/**
 * In which stores each text can be read by somebody who has all that the deployment keeps: as it is, or sealed by a key that is still there.
 */
export async function whereReadable(
  stores: readonly Store[],
  texts: readonly string[],
  keysIn: string,
): Promise<Map<string, string[]>> {
  const personal = await openPersonalData({
    keys: join(keysIn, 'personal'),
    encryption: join(keysIn, 'personal.key'),
  });
  const found = new Map<string, string[]>(texts.map((text) => [text, []]));
  for (const { name, pieces } of stores) {
    const here = new Set<string>();
    for await (const piece of pieces) {
      for (const text of texts) if (piece.includes(text)) here.add(text);
      if (!piece.includes('sealed~1~')) continue;
      for (const opened of (await personal.openAll('default', piece.toString('latin1'))).values())
        if ('text' in opened) for (const text of texts) if (opened.text.includes(text)) here.add(text);
    }
    for (const text of here) found.get(text)?.push(name);
  }
  return found;
}
