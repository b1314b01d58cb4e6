import type { AsyncBuffer, Compressors, FileMetaData } from 'hyparquet';
import { parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import {
  decompressBrotli,
  decompressGzip,
  decompressLz4,
  decompressLz4Raw,
  decompressZstd,
} from 'hyparquet-compressors';
import { formatCount } from '../elements/format';
import { MOST_COLUMNS, MOST_ROWS } from './row-limits';
import type { Rows } from './row-table';

/** Columns of a row group are whole or not at all: what is read of one file, packed and unpacked. */
const MOST_BYTES = 32_000_000;
const MOST_UNPACKED_BYTES = 256_000_000n;
const MOST_CHARACTERS = 300;

/** In plain JavaScript, which the page's policy lets run; Snappy is hyparquet's own. */
const compressors: Compressors = {
  GZIP: decompressGzip,
  BROTLI: decompressBrotli,
  ZSTD: (input) => decompressZstd(input),
  LZ4: decompressLz4,
  LZ4_RAW: decompressLz4Raw,
};

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid date' : value.toISOString();
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value === 'string') return value.slice(0, MOST_CHARACTERS);
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  const text = JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'bigint' ? String(one) : ArrayBuffer.isView(one) ? Array.from(one as Float32Array) : one,
  );
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}

/** The first columns that fit into what is read at once, by the sizes that the file says. */
function affordable(metadata: FileMetaData, names: readonly string[]): string[] {
  const [group] = metadata.row_groups;
  let packed = 0;
  let unpacked = 0n;
  const chosen: string[] = [];
  for (const name of names.slice(0, MOST_COLUMNS)) {
    for (const { meta_data } of group?.columns ?? []) {
      if (meta_data?.path_in_schema[0] !== name) continue;
      packed += Number(meta_data.total_compressed_size);
      unpacked += meta_data.total_uncompressed_size;
    }
    if (packed > MOST_BYTES || unpacked > MOST_UNPACKED_BYTES) break;
    chosen.push(name);
  }
  return chosen;
}

/**
 * The first rows of a Parquet file, of which the end and the columns that are shown are read, and what is left out.
 * @throws Error where it is no Parquet file, or packed by something that nobody else can read
 */
export async function parquetRows(file: AsyncBuffer): Promise<Rows & { leftOut: string | null }> {
  const metadata = await parquetMetadataAsync(file);
  const all = parquetSchema(metadata).children.map(({ element }) => element.name);
  const columns = affordable(metadata, all);
  const total = Number(metadata.num_rows);
  // Rows of the first row group, so that no other is read.
  const rowEnd = Math.min(MOST_ROWS, total, Number(metadata.row_groups[0]?.num_rows ?? 0));
  const found =
    columns.length === 0 ? [] : await parquetReadObjects({ file, metadata, columns, rowStart: 0, rowEnd, compressors });
  const rows = found.map((row) => columns.map((name) => cell(row[name])));
  const left = [
    ...(total > rows.length ? [`${formatCount(rows.length)} of ${formatCount(total)} rows`] : []),
    ...(all.length > columns.length ? [`${columns.length} of ${all.length} columns`] : []),
  ];
  return { columns, rows, leftOut: left.length === 0 ? null : `Shown: ${left.join(', ')}.` };
}
