/** One block of an answer in the engine's Native format: its columns by name. */
export type AnswerBlock = Readonly<{ rows: number; columns: ReadonlyMap<string, AnswerColumn> }>;
export type AnswerColumn = Uint32Array | BigInt64Array | Float64Array;

const TYPES: Readonly<Record<string, { bytes: number; of: (buffer: ArrayBuffer) => AnswerColumn }>> = {
  UInt32: { bytes: 4, of: (buffer) => new Uint32Array(buffer) },
  Int64: { bytes: 8, of: (buffer) => new BigInt64Array(buffer) },
  UInt64: { bytes: 8, of: (buffer) => new BigInt64Array(buffer) },
  Float64: { bytes: 8, of: (buffer) => new Float64Array(buffer) },
};

class Reader {
  #at = 0;
  constructor(private readonly bytes: Uint8Array) {}

  get done(): boolean {
    return this.#at >= this.bytes.length;
  }

  /** LEB128. */
  varint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.#at++] ?? 0;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  }

  text(): string {
    return Buffer.from(this.take(this.varint())).toString();
  }

  /** A copy, which begins where words may begin. */
  take(bytes: number): Uint8Array<ArrayBuffer> {
    const taken = new Uint8Array(this.bytes.subarray(this.#at, this.#at + bytes));
    this.#at += bytes;
    return taken;
  }
}

/** Blocks of an answer in the format Native, of columns of numbers only. 64-bit integers come as they lie, signed. */
export function* readNative(bytes: Uint8Array): Generator<AnswerBlock> {
  const reader = new Reader(bytes);
  while (!reader.done) {
    const width = reader.varint();
    const rows = reader.varint();
    const columns = new Map<string, AnswerColumn>();
    for (let i = 0; i < width; i++) {
      const name = reader.text();
      const type = reader.text();
      const known = TYPES[type];
      if (known === undefined) throw new TypeError(`a column of ${type} is not read here`);
      columns.set(name, known.of(reader.take(rows * known.bytes).buffer));
    }
    if (rows > 0) yield { rows, columns };
  }
}
