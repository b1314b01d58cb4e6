type File = Readonly<{ path: string; size: number }>;
/** A line of the tree: a folder with all that is below it, or a file. */
export type TreeLine<F extends File> = Readonly<{
  path: string;
  name: string;
  depth: number;
  size: number;
  file: F | null;
}>;

/** The tree of these files as lines, folders first, of which only what is in open folders is shown. */
export function treeLines<F extends File>(
  files: readonly F[],
  open: ReadonlySet<string>,
  under = '',
  depth = 0,
): TreeLine<F>[] {
  const folders = new Map<string, F[]>();
  const here: TreeLine<F>[] = [];
  for (const file of files) {
    const rest = file.path.slice(under.length);
    const slash = rest.indexOf('/');
    if (slash < 0) {
      here.push({ path: file.path, name: rest, depth, size: file.size, file });
      continue;
    }
    const name = rest.slice(0, slash);
    const inside = folders.get(name);
    if (inside === undefined) folders.set(name, [file]);
    else inside.push(file);
  }
  const lines = [...folders].flatMap(([name, inside]) => {
    const path = `${under}${name}/`;
    const size = inside.reduce((sum, file) => sum + file.size, 0);
    const folder = { path, name: `${name}/`, depth, size, file: null };
    return open.has(path) ? [folder, ...treeLines(inside, open, path, depth + 1)] : [folder];
  });
  return [...lines, ...here];
}
