/** The sequences of one writer that are stored: disjoint half-open intervals in order, nearly always one. */
export class SequenceSet {
  #bounds: number[] = []; // from, to, from, to …

  /** Reads what Postgres prints of an int8multirange: `{[0,7),[9,10)}`. */
  static parse(text: string): SequenceSet {
    const set = new SequenceSet();
    set.#bounds = (text.match(/\d+/g) ?? []).map(Number);
    return set;
  }

  has(sequence: number): boolean {
    for (let i = this.#bounds.length - 2; i >= 0; i -= 2)
      if (sequence >= (this.#bounds[i] as number)) return sequence < (this.#bounds[i + 1] as number);
    return false;
  }

  add(sequence: number): void {
    if (this.has(sequence)) return;
    let i = this.#bounds.length;
    while (i > 0 && (this.#bounds[i - 2] as number) > sequence) i -= 2;
    const joinsBefore = i > 0 && this.#bounds[i - 1] === sequence;
    const joinsAfter = this.#bounds[i] === sequence + 1;
    if (joinsBefore && joinsAfter) this.#bounds.splice(i - 1, 2);
    else if (joinsBefore) this.#bounds[i - 1] = sequence + 1;
    else if (joinsAfter) this.#bounds[i] = sequence;
    else this.#bounds.splice(i, 0, sequence, sequence + 1);
  }

  toString(): string {
    const parts: string[] = [];
    for (let i = 0; i < this.#bounds.length; i += 2) parts.push(`[${this.#bounds[i]},${this.#bounds[i + 1]})`);
    return `{${parts.join(',')}}`;
  }
}
