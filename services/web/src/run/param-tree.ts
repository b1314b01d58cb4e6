type Param = Readonly<{ key: string }>;
/** A line of the tree: a prefix that several params share, or a param under what is left of its name. */
export type ParamLine<P extends Param> = Readonly<{
  path: string;
  name: string;
  depth: number;
  param: P | null;
  /** Params under a prefix. */
  count: number;
}>;

/** Names are split where configurations are: `optimizer.lr`, `model/layers`. */
const SEPARATOR = /[./]/;

/** The part of a name up to and with its first separator; null where it has none, or nothing before or behind it. */
function headOf(name: string): string | null {
  const at = name.search(SEPARATOR);
  return at <= 0 || at === name.length - 1 ? null : name.slice(0, at + 1);
}

/** The params as lines of a tree, without what is under closed prefixes. A prefix of one param alone is no line of its own. */
export function paramLines<P extends Param>(
  params: readonly P[],
  closed: ReadonlySet<string>,
  under = '',
  depth = 0,
): ParamLine<P>[] {
  const groups = new Map<string, P[]>();
  for (const param of params) {
    const rest = param.key.slice(under.length);
    const name = headOf(rest) ?? rest;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [param]);
    else group.push(param);
  }
  return [...groups].flatMap(([name, inside]) => {
    const [first] = inside;
    if (inside.length === 1 && first !== undefined)
      return [{ path: first.key, name: first.key.slice(under.length), depth, param: first, count: 1 }];
    const path = under + name;
    const line = { path, name, depth, param: null, count: inside.length };
    return closed.has(path) ? [line] : [line, ...paramLines(inside, closed, path, depth + 1)];
  });
}
