/** Waits in lines, one for each tenant, who are served in turn: however long a line is, the others wait for one of it at a time. */
export class TurnQueue<T> {
  /** The tenant who is next comes first. */
  readonly #lines = new Map<string, T[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  sizeOf(tenant: string): number {
    return this.#lines.get(tenant)?.length ?? 0;
  }

  push(tenant: string, item: T): void {
    const line = this.#lines.get(tenant);
    if (line) line.push(item);
    else this.#lines.set(tenant, [item]);
    this.#size++;
  }

  /** Who is next, and stays. */
  peek(): T | undefined {
    const [line] = this.#lines.values();
    return line?.[0];
  }

  /** Takes who is next; then it is the next tenant's turn. */
  shift(): T | undefined {
    const [first] = this.#lines;
    if (first === undefined) return undefined;
    const [tenant, line] = first;
    const item = line.shift();
    this.#lines.delete(tenant);
    if (line.length > 0) this.#lines.set(tenant, line);
    this.#size--;
    return item;
  }

  /** Takes out all that leave, wherever they stand. */
  remove(leaves: (item: T) => boolean): T[] {
    const gone: T[] = [];
    for (const [tenant, line] of this.#lines) {
      const left = line.filter((item) => !leaves(item));
      if (left.length === line.length) continue;
      gone.push(...line.filter(leaves));
      if (left.length > 0) this.#lines.set(tenant, left);
      else this.#lines.delete(tenant);
    }
    this.#size -= gone.length;
    return gone;
  }
}
