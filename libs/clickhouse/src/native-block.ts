/** A column of fixed-width little-endian numbers. */
export type ColumnData =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Int32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;
export type NativeColumn = Readonly<{ name: string; type: string; data: ColumnData }>;
/** Columns of equal length. */
export type NativeBlock = Readonly<{ rows: number; columns: readonly NativeColumn[] }>;

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 128) | 0x80);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}

const text = (value: string): Buffer[] => [varint(Buffer.byteLength(value)), Buffer.from(value)];

/**
 * ClickHouse's Native format: number of columns and rows, then for each column its name, type and values. Columns go in
 * as they lie in memory, so a range costs no work a row.
 */
export function nativeChunks(block: NativeBlock): Uint8Array[] {
  const chunks: Uint8Array[] = [varint(block.columns.length), varint(block.rows)];
  for (const { name, type, data } of block.columns) {
    if (data.length !== block.rows * (data instanceof Int32Array ? 2 : 1))
      throw new RangeError(`column ${name} has ${data.length} entries`);
    chunks.push(...text(name), ...text(type), new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return chunks;
}
