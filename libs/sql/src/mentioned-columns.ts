/** Every column that a statement names anywhere, or 'all' where it has a star. Walks the tree whatever its shape. */
export function mentionedColumns(tree: unknown): ReadonlySet<string> | 'all' {
  const names = new Set<string>();
  let hasStar = false;
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { is, name, using } = node as { is?: unknown; name?: unknown; using?: unknown };
    if (is === 'column' && typeof name === 'string') names.add(name);
    if (is === 'star') hasStar = true;
    if (Array.isArray(using)) for (const column of using) names.add(String(column));
    for (const value of Object.values(node)) walk(value);
  };
  walk(tree);
  return hasStar ? 'all' : names;
}
