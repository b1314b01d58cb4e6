import { createHash } from 'node:crypto';

// RFC 6962, section 2.1, word for word: slow, and with nothing in common with the code under test.

const sha256 = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

const split = (n: number): number => {
  for (let k = 1; ; k *= 2) if (k < n && n <= 2 * k) return k;
};

/** The tree over some entries. Answers are kept, or a test of all sizes would not end. */
export class RecursiveTree {
  readonly #known = new Map<string, Buffer>();

  constructor(private readonly entries: readonly Uint8Array[]) {}

  /** MTH(D[first:end]) */
  mth(first: number, end: number): Buffer {
    const key = `${first}:${end}`;
    const hash = this.#known.get(key) ?? this.#mth(first, end);
    this.#known.set(key, hash);
    return hash;
  }

  #mth(first: number, end: number): Buffer {
    if (end === first) return sha256();
    if (end - first === 1) return sha256(Buffer.of(0), this.entries[first] ?? Buffer.alloc(0));
    const k = first + split(end - first);
    return sha256(Buffer.of(1), this.mth(first, k), this.mth(k, end));
  }

  /** PATH(m, D[first:end]) */
  path(m: number, first: number, end: number): Buffer[] {
    if (end - first === 1) return [];
    const k = split(end - first);
    return m < k
      ? [...this.path(m, first, first + k), this.mth(first + k, end)]
      : [...this.path(m - k, first + k, end), this.mth(first, first + k)];
  }

  /** PROOF(m, D[0:n]) */
  proof(m: number, n: number): Buffer[] {
    return this.#subproof(m, 0, n, true);
  }

  #subproof(m: number, first: number, end: number, b: boolean): Buffer[] {
    if (m === end - first) return b ? [] : [this.mth(first, end)];
    const k = split(end - first);
    return m <= k
      ? [...this.#subproof(m, first, first + k, b), this.mth(first + k, end)]
      : [...this.#subproof(m - k, first + k, end, false), this.mth(first, first + k)];
  }
}
