import type { LeafRow } from './leaf-row';
import { PlainValues } from './plain-values';

// Apache Parquet 2.10: one row group, one plain uncompressed page for each column, no nulls. Nothing is left to choose, so
// that whoever has the leaves can write the very same file.

const MAGIC = Buffer.from('PAR1');
const INT64 = 2;
const BYTE_ARRAY = 6;
const I32 = 5;
const I64 = 6;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

/** Thrift's compact protocol, as far as Parquet's footers need it. */
class Thrift {
  readonly #bytes: Buffer[] = [];
  #fields: number[] = [0];

  #varint(value: number): void {
    const out: number[] = [];
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 128)) out.push((rest % 128) | 0x80);
    out.push(rest);
    this.#bytes.push(Buffer.from(out));
  }

  #field(id: number, type: number): void {
    const before = this.#fields.at(-1) ?? 0;
    this.#bytes.push(Buffer.of(((id - before) << 4) | type)); // ids here are never more than 15 apart
    this.#fields[this.#fields.length - 1] = id;
  }

  int(id: number, value: number, type: typeof I32 | typeof I64 = I32): this {
    this.#field(id, type);
    this.#varint(value * 2);
    return this;
  }

  text(id: number, value: string): this {
    this.#field(id, BINARY);
    return this.item(value);
  }

  /** A text in a list. */
  item(value: string): this {
    this.#varint(Buffer.byteLength(value));
    this.#bytes.push(Buffer.from(value));
    return this;
  }

  struct(id: number, write: (inner: this) => void): this {
    this.#field(id, STRUCT);
    return this.element(write);
  }

  /** A struct in a list, or the outermost one. */
  element(write: (inner: this) => void): this {
    this.#fields.push(0);
    write(this);
    this.#fields.pop();
    this.#bytes.push(Buffer.of(0));
    return this;
  }

  list<T>(id: number, type: number, items: readonly T[], write: (item: T) => void): this {
    this.#field(id, LIST);
    if (items.length < 15) this.#bytes.push(Buffer.of((items.length << 4) | type));
    else {
      this.#bytes.push(Buffer.of(0xf0 | type));
      this.#varint(items.length);
    }
    items.forEach(write);
    return this;
  }

  /** An int in a list. */
  number(value: number): void {
    this.#varint(value * 2);
  }

  finish(): Buffer {
    return Buffer.concat(this.#bytes);
  }
}

type Column = Readonly<{ name: keyof LeafRow; type: typeof INT64 | typeof BYTE_ARRAY }>;
const COLUMNS: readonly Column[] = [
  { name: 'index', type: INT64 },
  { name: 'type', type: BYTE_ARRAY },
  { name: 'stream', type: BYTE_ARRAY },
  { name: 'stream_seq', type: INT64 },
  { name: 'recorded', type: BYTE_ARRAY },
  { name: 'actor', type: BYTE_ARRAY },
  { name: 'leaf', type: BYTE_ARRAY },
];

type Chunk = Column & Readonly<{ offset: number; bytes: number }>;

function pageHeader(rows: number, bytes: number): Buffer {
  const header = new Thrift().element((page) =>
    page
      .int(1, 0) // a data page
      .int(2, bytes)
      .int(3, bytes)
      .struct(5, (data) => data.int(1, rows).int(2, 0).int(3, 3).int(4, 3)),
  );
  return header.finish();
}

function footer(rows: number, chunks: readonly Chunk[]): Buffer {
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.bytes, 0);
  const thrift = new Thrift();
  thrift.element((file) =>
    file
      .int(1, 1)
      .list(2, STRUCT, [null, ...chunks], (chunk) =>
        thrift.element(
          (schema) =>
            chunk === null
              ? schema.text(4, 'schema').int(5, chunks.length)
              : chunk.type === INT64
                ? schema.int(1, INT64).int(3, 0).text(4, chunk.name)
                : schema.int(1, BYTE_ARRAY).int(3, 0).text(4, chunk.name).int(6, 0), // UTF-8
        ),
      )
      .int(3, rows, I64)
      .list(4, STRUCT, [chunks], (all) =>
        thrift.element((group) =>
          group
            .list(1, STRUCT, all, (chunk) =>
              thrift.element((column) =>
                column.int(2, chunk.offset, I64).struct(3, (meta) =>
                  meta
                    .int(1, chunk.type)
                    .list(2, I32, [0], (plain) => thrift.number(plain))
                    .list(3, BINARY, [chunk.name], (name) => thrift.item(name))
                    .int(4, 0)
                    .int(5, rows, I64)
                    .int(6, chunk.bytes, I64)
                    .int(7, chunk.bytes, I64)
                    .int(9, chunk.offset, I64),
                ),
              ),
            )
            .int(2, bytes, I64)
            .int(3, rows, I64),
        ),
      )
      .text(6, 'runledger evidence 1'),
  );
  return thrift.finish();
}

/** The first column of a table of so many rows, wherever it may be from; 0 for what is not there. */
export function indexesIn(table: Buffer, rows: number): Float64Array<ArrayBuffer> {
  const indexes = new Float64Array(rows);
  let at = MAGIC.length + pageHeader(rows, 8 * rows).length;
  for (let row = 0; row < rows && at + 8 <= table.length; row++, at += 8)
    indexes[row] = table.readUInt32LE(at) + 2 ** 32 * table.readUInt32LE(at + 4);
  return indexes;
}

/** Leaves as a Parquet file: some columns to look for things by, and the leaf itself. At least one row. */
export class LeafTable {
  readonly #values = COLUMNS.map(() => new PlainValues());
  #rows = 0;

  get rows(): number {
    return this.#rows;
  }

  /** In the order of COLUMNS, and without a loop over them: there are millions of rows. */
  add(row: LeafRow): void {
    const [index, type, stream, streamSeq, recorded, actor, leaf] = this.#values;
    index?.int64(row.index);
    type?.text(row.type);
    stream?.text(row.stream);
    streamSeq?.int64(row.stream_seq);
    recorded?.text(row.recorded);
    actor?.text(row.actor);
    leaf?.bytes(row.leaf);
    this.#rows++;
  }

  finish(): Buffer {
    const parts: Buffer[] = [MAGIC];
    const chunks: Chunk[] = [];
    let offset = MAGIC.length;
    for (const [i, { all: values }] of this.#values.entries()) {
      const header = pageHeader(this.#rows, values.length);
      const bytes = header.length + values.length;
      parts.push(header, values);
      chunks.push({ ...(COLUMNS[i] as Column), offset, bytes });
      offset += bytes;
    }
    const end = footer(this.#rows, chunks);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(end.length);
    return Buffer.concat([...parts, end, length, MAGIC]);
  }
}
