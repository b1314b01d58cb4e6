import { useSyncExternalStore } from 'react';
import type { TimeZone } from './format';

/** Kept by the browser, for all tabs to come. */
const NAME = 'runledger.time-zone';
const watchers = new Set<() => void>();

function kept(): TimeZone {
  try {
    return localStorage.getItem(NAME) === 'UTC' ? 'UTC' : 'local';
  } catch {
    return 'local'; // a browser that keeps nothing
  }
}
let zone: TimeZone = kept();

const currentZone = (): TimeZone => zone;
function watchZone(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}
export const useTimeZone = (): TimeZone => useSyncExternalStore(watchZone, currentZone);

export function switchTimeZone(): void {
  zone = zone === 'UTC' ? 'local' : 'UTC';
  try {
    localStorage.setItem(NAME, zone);
  } catch {
    // Then it lasts as long as the page.
  }
  for (const watcher of watchers) watcher();
}
