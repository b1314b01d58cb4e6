export type Arrow = Readonly<{ from: string; to: string }>;
/** Who is left and right of each thing. */
export type Neighbours = ReadonlyMap<string, Readonly<{ left: readonly string[]; right: readonly string[] }>>;

type Outgoing = ReadonlyMap<string, Set<string>>;
type Step = Readonly<{ id: string; rest: string[] }>;

/** Goes depth first from a thing and takes out arrows that lead back. Its own stack: a chain of a thousand would overflow the engine's. */
function openCircles(root: string, right: Outgoing, state: Map<string, 'open' | 'done'>): void {
  const stack: Step[] = [];
  const enter = (id: string): void => {
    state.set(id, 'open');
    stack.push({ id, rest: [...(right.get(id) ?? [])] });
  };
  enter(root);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const next = top.rest.pop();
    if (next === undefined) {
      state.set(top.id, 'done');
      stack.pop();
    } else if (state.get(next) === 'open') right.get(top.id)?.delete(next);
    else if (!state.has(next)) enter(next);
  }
}

/** Arrows between these things, each pair once, without those that would close a circle. */
export function withoutCircles(ids: readonly string[], arrows: readonly Arrow[]): Neighbours {
  const right: Outgoing = new Map(ids.map((id) => [id, new Set<string>()]));
  for (const { from, to } of arrows) if (from !== to && right.has(to)) right.get(from)?.add(to);
  const state = new Map<string, 'open' | 'done'>();
  for (const root of ids) if (!state.has(root)) openCircles(root, right, state);
  const left = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const [from, tos] of right) for (const to of tos) left.get(to)?.push(from);
  return new Map(ids.map((id) => [id, { left: left.get(id) ?? [], right: [...(right.get(id) ?? [])] }]));
}

/** Columns from left to right: each thing one after the last of those that it came from. */
export function layersOf(ids: readonly string[], neighbours: Neighbours): string[][] {
  const missing = new Map(ids.map((id) => [id, neighbours.get(id)?.left.length ?? 0]));
  const columns: string[][] = [];
  for (let column = ids.filter((id) => missing.get(id) === 0); column.length > 0; ) {
    columns.push(column);
    const next: string[] = [];
    for (const id of column)
      for (const to of neighbours.get(id)?.right ?? []) {
        const left = (missing.get(to) ?? 0) - 1;
        missing.set(to, left);
        if (left === 0) next.push(to);
      }
    column = next;
  }
  return columns;
}

const mean = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : values.reduce((sum, one) => sum + one, 0) / values.length;

/** Passes over the columns; more hardly change anything. */
const SWEEPS = 6;

/** The columns with things near those that they belong to, so that few arrows cross (barycentre, Sugiyama 1981). */
export function ordered(columns: readonly string[][], neighbours: Neighbours): string[][] {
  const now = columns.map((column) => [...column]);
  const place = new Map<string, number>();
  const note = (column: readonly string[]): void =>
    column.forEach((id, at) => place.set(id, (at + 0.5) / column.length));
  now.forEach(note);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const side = sweep % 2 === 0 ? 'left' : 'right';
    for (const column of side === 'left' ? now : now.toReversed()) {
      const wish = new Map(
        column.map((id) => [
          id,
          mean((neighbours.get(id)?.[side] ?? []).map((one) => place.get(one) ?? 0)) ?? place.get(id) ?? 0,
        ]),
      );
      column.sort((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0));
      note(column);
    }
  }
  return now;
}
