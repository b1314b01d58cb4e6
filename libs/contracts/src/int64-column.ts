const TWO_32 = 4_294_967_296;
const DIGITS = /^-?\d{1,19}$/;

/** int64 columns, filled without making a bigint for every number. */
export class Int64Column {
  readonly values: BigInt64Array;
  readonly #halves: Int32Array; // little-endian: low half first

  constructor(length: number) {
    this.values = new BigInt64Array(length);
    this.#halves = new Int32Array(this.values.buffer);
  }

  putNumber(at: number, value: number): void {
    this.#halves[2 * at] = value | 0;
    this.#halves[2 * at + 1] = Math.floor(value / TWO_32);
  }

  /** Answers whether the value is an int64: a whole number that a double carries exactly, or digits. */
  put(at: number, value: unknown): boolean {
    if (typeof value === 'number') {
      if (!Number.isSafeInteger(value)) return false;
      this.putNumber(at, value);
      return true;
    }
    if (typeof value !== 'string' || !DIGITS.test(value)) return false;
    const whole = BigInt(value);
    this.values[at] = whole;
    return this.values[at] === whole;
  }
}
