import { Fault } from '@runledger/kernel';

const bad = (message: string): Fault => new Fault('invalid', 'CONTRACTS_BAD_BATCH', message);
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads protobuf's wire format (protobuf.dev/programming-guides/encoding) from untrusted bytes. Every misfit is a Fault. */
export class WireReader {
  at = 0;
  constructor(readonly bytes: Uint8Array) {}

  get done(): boolean {
    return this.at >= this.bytes.length;
  }

  /** A varint of at most 53 bits. */
  varint(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 8; i++) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw bad('the batch ends in the middle of a number');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
      scale *= 128;
    }
    throw bad('a number of the batch is larger than 2^53');
  }

  /** A length-delimited field's bytes, without a copy. */
  chunk(): Uint8Array {
    const length = this.varint();
    const end = this.at + length;
    if (end > this.bytes.length) throw bad('the batch ends in the middle of a field');
    const part = this.bytes.subarray(this.at, end);
    this.at = end;
    return part;
  }

  string(): string {
    try {
      return utf8.decode(this.chunk());
    } catch (cause) {
      if (cause instanceof Fault) throw cause;
      throw bad('a text of the batch is not UTF-8');
    }
  }
}

/** Counts the varints of a packed column and refuses one that is cut or longer than ten bytes. */
export function countVarints(bytes: Uint8Array): number {
  let n = 0;
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    length++;
    const byte = bytes[i] as number;
    if (byte < 0x80) {
      if (length === 10 && byte > 1) throw bad('a number of the batch is longer than 64 bits');
      n++;
      length = 0;
    } else if (length === 10) throw bad('a number of the batch is longer than 64 bits');
  }
  if (length > 0) throw bad('a column of the batch ends in the middle of a number');
  return n;
}

const TWO_32 = 4_294_967_296;

/** Exact for every int64; used once a column leaves what doubles carry. */
function sumDeltasExactly(bytes: Uint8Array, out: BigInt64Array): void {
  let sum = 0n;
  let at = 0;
  for (let i = 0; i < out.length; i++) {
    let raw = 0n;
    let shift = 0n;
    for (;;) {
      const byte = bytes[at++] as number;
      raw |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
      shift += 7n;
    }
    // Modulo 2^64, as the writer subtracts: the distance of two steps may itself be larger than an int64.
    sum = BigInt.asIntN(64, sum + ((raw >> 1n) ^ -(raw & 1n)));
    out[i] = sum;
  }
}

/** Undoes zigzag and deltas of a packed column of `n` numbers (as `countVarints` found them). */
export function sumDeltas(bytes: Uint8Array, n: number): BigInt64Array {
  const out = new BigInt64Array(n);
  const halves = new Int32Array(out.buffer); // little-endian: low half first
  let sum = 0;
  let at = 0;
  for (let i = 0; i < n; i++) {
    let byte = bytes[at++] as number;
    let raw = byte & 0x7f;
    if (byte >= 0x80) {
      let scale = 128;
      do {
        byte = bytes[at++] as number;
        raw += (byte & 0x7f) * scale;
        scale *= 128;
      } while (byte >= 0x80);
    }
    sum += raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
    if (raw > Number.MAX_SAFE_INTEGER || sum > Number.MAX_SAFE_INTEGER || sum < Number.MIN_SAFE_INTEGER) {
      sumDeltasExactly(bytes, out);
      return out;
    }
    halves[2 * i] = sum | 0;
    halves[2 * i + 1] = Math.floor(sum / TWO_32);
  }
  return out;
}

const NO_SUCH_KEY = 'a point of the batch names a key that is not in its dictionary';

/** Refuses a packed column of indices in which one is not below `limit`. */
export function checkIndices(bytes: Uint8Array, limit: number): void {
  let value = 0;
  let scale = 1;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    value += (byte & 0x7f) * scale;
    scale *= 128;
    if (byte >= 0x80) continue;
    if (value >= limit) throw bad(NO_SUCH_KEY);
    value = 0;
    scale = 1;
  }
}

/** Reads a packed column of `n` indices, each below `limit`. */
export function readIndices(bytes: Uint8Array, n: number, limit: number): Uint32Array {
  const out = new Uint32Array(n);
  let at = 0;
  for (let i = 0; i < n; i++) {
    let byte = bytes[at++] as number;
    let value = byte & 0x7f;
    let scale = 128;
    while (byte >= 0x80) {
      byte = bytes[at++] as number;
      value += (byte & 0x7f) * scale;
      scale *= 128;
    }
    if (value >= limit) throw bad(NO_SUCH_KEY);
    out[i] = value;
  }
  return out;
}

/** Grows as it is written to; the caller takes `finish()`. */
export class WireWriter {
  #bytes: Buffer;
  #at = 0;
  constructor(expected = 1024) {
    this.#bytes = Buffer.allocUnsafe(Math.max(64, expected));
  }

  #room(n: number): void {
    if (this.#at + n <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + n));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }

  /** A non-negative integer of at most 53 bits. */
  varint(value: number): void {
    this.#room(10);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#at++] = rest;
  }

  varint64(value: bigint): void {
    this.#room(10);
    let rest = BigInt.asUintN(64, value);
    while (rest >= 0x80n) {
      this.#bytes[this.#at++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#at++] = Number(rest);
  }

  /** One delta modulo 2^64, zigzag. */
  sint64(value: bigint): void {
    if (value >= -0x3fff_ffff_ffffn && value <= 0x3fff_ffff_ffffn) {
      const small = Number(value);
      this.varint(small < 0 ? -2 * small - 1 : 2 * small);
    } else {
      const wrapped = BigInt.asIntN(64, value);
      this.varint64((wrapped << 1n) ^ (wrapped >> 63n));
    }
  }

  chunk(field: number, bytes: Uint8Array): void {
    this.varint(field * 8 + 2);
    this.varint(bytes.length);
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  string(field: number, value: string): void {
    this.chunk(field, Buffer.from(value));
  }

  finish(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }
}
