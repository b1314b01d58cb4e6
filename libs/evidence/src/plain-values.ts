/** Values of one column of a table as Parquet writes them plain (Parquet 2.10, "Plain"), one behind the other. */
export class PlainValues {
  #bytes = Buffer.allocUnsafe(64 * 1024);
  #length = 0;

  /** Where so many bytes more go. */
  #grow(more: number): number {
    const at = this.#length;
    this.#length += more;
    if (this.#length > this.#bytes.length) {
      const wider = Buffer.allocUnsafe(Math.max(this.#length, 2 * this.#bytes.length));
      this.#bytes.copy(wider, 0, 0, at);
      this.#bytes = wider;
    }
    return at;
  }

  /** An INT64 that is not negative and a safe integer. */
  int64(value: number): void {
    const at = this.#grow(8);
    this.#bytes.writeUInt32LE(value % 2 ** 32, at);
    this.#bytes.writeUInt32LE(Math.floor(value / 2 ** 32), at + 4);
  }

  /** A BYTE_ARRAY with its length before it. */
  bytes(value: Uint8Array): void {
    const at = this.#grow(4 + value.length);
    this.#bytes.writeUInt32LE(value.length, at);
    this.#bytes.set(value, at + 4);
  }

  /** A text as a BYTE_ARRAY of its UTF-8. */
  text(value: string): void {
    const most = 3 * value.length; // bytes of UTF-8 for a unit of UTF-16
    const at = this.#grow(4 + most);
    const length = this.#bytes.write(value, at + 4);
    this.#bytes.writeUInt32LE(length, at);
    this.#length -= most - length;
  }

  get all(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }
}
