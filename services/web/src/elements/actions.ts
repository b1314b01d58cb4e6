import { useEffect, useRef } from 'react';

/** Something that can be done here: found by name in the palette, and by its keys where it has some. */
export type Action = Readonly<{
  name: string;
  /** `mod+k`, a single key, or two after another: `g e`. `mod` is Ctrl, on a Mac Cmd. */
  keys?: string;
  run: () => void;
}>;

let actions: readonly Action[] = [];
const watchers = new Set<() => void>();

function become(next: readonly Action[]): void {
  actions = next;
  for (const watcher of watchers) watcher();
}

export const currentActions = (): readonly Action[] => actions;
export function watchActions(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** Offers an action for as long as the component is there. */
export function useAction(name: string, run: (() => void) | null, keys?: string): void {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  const isOffered = run !== null;
  useEffect(() => {
    if (!isOffered) return undefined;
    const action: Action = { name, run: () => latest.current?.(), ...(keys === undefined ? {} : { keys }) };
    become([...actions, action]);
    return () => become(actions.filter((one) => one !== action));
  }, [name, keys, isOffered]);
}
