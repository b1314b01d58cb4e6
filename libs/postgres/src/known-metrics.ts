import type { DataSource } from 'typeorm';
import { metricNamesOf, metricNumbersOf } from './search-metrics';

/** Names that are remembered; beyond, it begins anew. */
const MOST_KNOWN = 50_000;

/** By the bytes of UTF-8, as the engine's collation "C". Surrogates of UTF-16 stand for what comes behind all others. */
function compareNames(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return Number(isSurrogate(x)) - Number(isSurrogate(y)) || x - y;
  }
  return a.length - b.length;
}
const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit < 0xe000;

/** The numbers of metrics, as far as this process has seen them: a number is given once and never changes. */
export function createKnownMetrics(source: Pick<DataSource, 'query'>) {
  const numbers = new Map<string, number>();
  const names = new Map<string, string>();
  const nameIn = (workspace: string, key: string): string => `${workspace}\u0000${key}`;

  return {
    /** By their names; those that the workspace does not know are left out. */
    async numbersOf(workspace: string, keys: readonly string[]): Promise<Map<string, number>> {
      const held = keys.flatMap((key): Array<[string, number]> => {
        const number = numbers.get(nameIn(workspace, key));
        return number === undefined ? [] : [[key, number]];
      });
      if (held.length === keys.length) return new Map(held);
      const found = await metricNumbersOf(source, workspace, keys);
      if (numbers.size + found.size > MOST_KNOWN) numbers.clear();
      for (const [key, number] of found) numbers.set(nameIn(workspace, key), number);
      return found;
    },

    /** By their numbers, as the driver gives those, in the order of the names. */
    async namesOf(asked: Iterable<string>): Promise<Map<string, string>> {
      const each = [...new Set(asked)];
      const held = each.flatMap((number): Array<[string, string]> => {
        const name = names.get(number);
        return name === undefined ? [] : [[number, name]];
      });
      if (held.length === each.length) return new Map(held.sort(([, a], [, b]) => compareNames(a, b)));
      const found = await metricNamesOf(source, each);
      if (names.size + found.size > MOST_KNOWN) names.clear();
      for (const [number, name] of found) names.set(number, name);
      return found;
    },
  };
}
export type KnownMetrics = ReturnType<typeof createKnownMetrics>;
