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

/** Lines that can be taken in at a glance. */
const MOST_AT_FIRST = 30;

/** Folders that are open before anybody has chosen: all of them where that is little, else none. */
export function foldersAtFirst(files: readonly File[]): string[] {
  const folders = new Set<string>();
  for (const { path } of files)
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) folders.add(path.slice(0, at + 1));
  return folders.size + files.length > MOST_AT_FIRST ? [] : [...folders];
}
