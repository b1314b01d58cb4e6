import { isDeepStrictEqual } from 'node:util';
import type { HistoryChange, Place, RowKey, Version } from '@runledger/contracts';

/** Workspace, run and experiment ids hold no slash, so that no two keys are one. */
export const rowId = (key: RowKey): string => `${key.workspace}/${key.id}/${key.name}`;

type Held<V> = {
  value: V;
  key: RowKey;
  from: Place /** Of its version in `opened`; null: it lies in the store. */;
  index: number | null;
};

/** The versions of some rows, folded over one batch. `current` are the rows as they stood before it. */
export interface History<V> {
  get(key: RowKey): V | undefined;
  /** The row holds `value` from `at` on. The same value again changes nothing. */
  put(key: RowKey, value: V, at: Place): void;
  /** The row ends at `at`. One that is not there is no error. */
  drop(key: RowKey, at: Place): void;
  change(): HistoryChange<V>;
}

export function createHistory<V>(current: ReadonlyArray<Version<V>>): History<V> {
  const now = new Map<string, Held<V>>();
  const closed: Array<RowKey & { from: Place; to: Place }> = [];
  const opened: Array<Version<V>> = [];
  for (const { workspace, id, name, value, from } of current)
    now.set(rowId({ workspace, id, name }), { key: { workspace, id, name }, value, from, index: null });

  function end(id: string, held: Held<V>, at: Place): void {
    now.delete(id);
    if (held.index === null) closed.push({ ...held.key, from: held.from, to: at });
    else opened[held.index] = { ...held.key, from: held.from, to: at, value: held.value };
  }

  return {
    get: (key) => now.get(rowId(key))?.value,
    put(key, value, at) {
      const id = rowId(key);
      const held = now.get(id);
      if (held !== undefined) {
        if (held.value === value || isDeepStrictEqual(held.value, value)) return;
        end(id, held, at);
      }
      now.set(id, { key, value, from: at, index: opened.length });
      opened.push({ ...key, from: at, to: null, value });
    },
    drop(key, at) {
      const id = rowId(key);
      const held = now.get(id);
      if (held !== undefined) end(id, held, at);
    },
    change: () => ({ closed, opened }),
  };
}
