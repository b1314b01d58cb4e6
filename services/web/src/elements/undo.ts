/** What was done last and can be undone. One at a time, as people remember it. */
export type Undoable = Readonly<{ said: string; undo: () => Promise<void> }>;

let last: Undoable | null = null;
const watchers = new Set<() => void>();

function become(next: Undoable | null): void {
  last = next;
  for (const watcher of watchers) watcher();
}

export const currentUndo = (): Undoable | null => last;
export function watchUndo(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}
export const offerUndo = (done: Undoable): void => become(done);
export const dismissUndo = (): void => become(null);
