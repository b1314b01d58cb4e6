export type Cell = string | number | boolean | null;
export type Row = Readonly<{ key: string; values: Cell[] }>;

/** The values of one run by their keys. */
export type Values = ReadonlyMap<string, Cell>;

/** Runs side by side, a row a key in the order of keys; only what differs, unless all is asked for. A key that is absent is null. */
export function sideBySide(runs: readonly Values[], all: boolean): Row[] {
  const keys = [...new Set(runs.flatMap((values) => [...values.keys()]))].sort();
  return keys.flatMap((key) => {
    const values = runs.map((run) => run.get(key) ?? null);
    return all || values.some((value) => value !== values[0]) ? [{ key, values }] : [];
  });
}
