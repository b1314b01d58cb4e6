/**
 * Asks one question for many: whoever comes while an answer is under way shares the next one, which is asked when that answer is there.
 * An answer is never older than the call that gets it.
 */
export function shareCalls<Key extends string, T>(ask: (key: Key) => Promise<T>): (key: Key) => Promise<T> {
  const underWay = new Map<Key, Promise<T>>();
  const planned = new Map<Key, Promise<T>>();

  async function askNow(key: Key): Promise<T> {
    const asked = ask(key);
    underWay.set(key, asked);
    try {
      return await asked;
    } finally {
      if (underWay.get(key) === asked) underWay.delete(key);
    }
  }

  async function askAfter(before: Promise<T>, key: Key): Promise<T> {
    await before.catch(() => undefined); // whoever asked then has its failure
    planned.delete(key);
    return askNow(key);
  }

  return (key) => {
    const before = underWay.get(key);
    if (before === undefined) return askNow(key);
    const shared = planned.get(key) ?? askAfter(before, key);
    planned.set(key, shared);
    return shared;
  };
}
