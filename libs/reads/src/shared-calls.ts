import { setImmediate as endOfTurn } from 'node:timers/promises';

/**
 * Asks one question for many: calls of one turn of the event loop share an answer, and whoever comes while an answer is under
 * way shares the next one, which is asked when that answer is there. An answer is never older than the call that gets it.
 */
export function shareCalls<Key extends string, T>(ask: (key: Key) => Promise<T>): (key: Key) => Promise<T> {
  const underWay = new Map<Key, Promise<T>>();
  const planned = new Map<Key, Promise<T>>();

  async function askSoon(key: Key): Promise<T> {
    await underWay.get(key)?.catch(() => undefined); // whoever asked then has its failure
    await endOfTurn();
    planned.delete(key);
    const asked = ask(key);
    underWay.set(key, asked);
    try {
      return await asked;
    } finally {
      underWay.delete(key);
    }
  }

  return (key) => {
    const shared = planned.get(key) ?? askSoon(key);
    planned.set(key, shared);
    return shared;
  };
}
