import type { Action } from './actions';

type Pressed = Readonly<Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>>;
export type Matched = Readonly<{ action: Action | null; pending: string }>;

/** A key press in the words of actions; null for those that are nobody's. */
export function nameOfKey({ key, ctrlKey, metaKey, altKey }: Pressed): string | null {
  if (altKey || (key.length > 1 && key !== 'Escape')) return null;
  return ctrlKey || metaKey ? `mod+${key.toLowerCase()}` : key;
}

/** Which action a key calls after those that are pending, and what is pending then. The newest offer of a key holds. */
export function matchKeys(actions: readonly Action[], pending: string, key: string): Matched {
  const pressed = pending === '' ? key : `${pending} ${key}`;
  const action = actions.findLast(({ keys }) => keys === pressed) ?? null;
  if (action !== null) return { action, pending: '' };
  if (actions.some(({ keys }) => keys?.startsWith(`${pressed} `) === true)) return { action: null, pending: pressed };
  return pending === '' ? { action: null, pending: '' } : matchKeys(actions, '', key);
}
