import { Fault, isFault } from '@runledger/kernel';
import type { ClickHouse } from './engine';

/** A glob (`*` and `?` within a segment between slashes, `**` over all), or an RE2 expression that matches somewhere in the name. */
export type NamePattern = Readonly<{ glob: string }> | Readonly<{ regex: string }>;

/** Bytes of names in one statement: a remote engine takes them in its URL. */
const BYTES_A_STATEMENT = 100_000;
const CANNOT_COMPILE_REGEXP = [427, '427'];

/** The RE2 expression that a glob stands for: the whole name, and every other character for itself. */
function globToRe2(glob: string): string {
  const body = glob.replace(/\*\*|\*|\?|[^*?]+/g, (part) => {
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    return part === '?' ? '[^/]' : part.replace(/[\\^$.|+()[\]{}]/g, '\\$&');
  });
  return `(?s)^${body}$`;
}

function* chunks(names: readonly string[]): Generator<string[]> {
  let some: string[] = [];
  let bytes = 0;
  for (const name of names) {
    some.push(name);
    bytes += 3 * name.length + 6;
    if (bytes < BYTES_A_STATEMENT) continue;
    yield some;
    some = [];
    bytes = 0;
  }
  if (some.length > 0) yield some;
}

/** Names by patterns, which the engine's RE2 evaluates: in linear time, whatever the expression. */
export function createNamePatterns(clickhouse: ClickHouse) {
  /** Those of the names that match any of the patterns. @throws Fault invalid CLICKHOUSE_BAD_PATTERN */
  return async function matching(names: readonly string[], patterns: readonly NamePattern[]): Promise<Set<string>> {
    const expressions = patterns.map((pattern) => ('glob' in pattern ? globToRe2(pattern.glob) : pattern.regex));
    const matches = expressions.map((_, i) => `match(name, {e${i}:String})`).join(' or ');
    const bound = Object.fromEntries(expressions.map((expression, i) => [`e${i}`, expression]));
    const found = new Set<string>();
    try {
      // An expression that is none is refused even where there is no name to try it on.
      for (const some of names.length === 0 ? [['']] : chunks(names)) {
        const rows = await clickhouse.rows<{ name: string }>(
          `select name from (select arrayJoin({names:Array(String)}) as name) where ${matches}`,
          { ...bound, names: some },
        );
        for (const { name } of rows) if (name !== '') found.add(name);
      }
    } catch (error) {
      if (!isFault(error) || !CANNOT_COMPILE_REGEXP.includes(error.context['number'] as number)) throw error;
      throw new Fault('invalid', 'CLICKHOUSE_BAD_PATTERN', 'this is no regular expression in the syntax of RE2', {
        cause: error,
      });
    }
    return found;
  };
}
