/** Which series somebody has written to in an hour. As many are remembered as the quota lets through. */
export class SeenSeries {
  #hour = Number.NaN;
  readonly #seen = new Map<string, Map<string, Set<string>>>();

  /** Remembers them, and answers those that are new in this hour. */
  add(key: string, hour: number, { run, names }: Readonly<{ run: string; names: readonly string[] }>): string[] {
    if (hour !== this.#hour) this.#seen.clear();
    this.#hour = hour;
    const runs = this.#seen.get(key) ?? new Map<string, Set<string>>();
    this.#seen.set(key, runs);
    const known = runs.get(run) ?? new Set<string>();
    const fresh = [...new Set(names)].filter((name) => !known.has(name));
    if (fresh.length > 0) runs.set(run, known);
    for (const name of fresh) known.add(name);
    return fresh;
  }

  forget(key: string, run: string, names: readonly string[]): void {
    const known = this.#seen.get(key)?.get(run);
    for (const name of names) known?.delete(name);
    if (known?.size === 0) this.#seen.get(key)?.delete(run);
  }
}
