import { type Arrow, layersOf, type Neighbours, ordered, withoutCircles } from './layer-graph';

/** In pixels: a thing's box, and what is free around it. */
export const BOX = { width: 208, height: 40, across: 88, between: 12 } as const;
const PAD = 24;
const PITCH = BOX.height + BOX.between;

export type Place = Readonly<{ id: string; column: number; row: number; x: number; y: number }>;
export type Placed = Readonly<{
  places: ReadonlyMap<string, Place>;
  columns: ReadonlyArray<readonly string[]>;
  neighbours: Neighbours;
  width: number;
  height: number;
}>;

/** Positions at least `PITCH` apart, in this order, as near to the wished ones as can be (pool adjacent violators). */
export function apart(wished: readonly number[]): number[] {
  const blocks: Array<{ sum: number; count: number }> = [];
  for (const [at, wish] of wished.entries()) {
    let block = { sum: wish - at * PITCH, count: 1 };
    for (
      let before = blocks.at(-1);
      before !== undefined && before.sum / before.count > block.sum / block.count;
      before = blocks.at(-1)
    ) {
      block = { sum: before.sum + block.sum, count: before.count + block.count };
      blocks.pop();
    }
    blocks.push(block);
  }
  return blocks
    .flatMap(({ sum, count }) => Array<number>(count).fill(sum / count))
    .map((base, at) => base + at * PITCH);
}

const SWEEPS = 4;

/** Heights at which things stand beside those that they belong to. */
function heights(columns: readonly string[][], neighbours: Neighbours): Map<string, number> {
  const y = new Map(columns.flatMap((column) => column.map((id, at) => [id, at * PITCH] as const)));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const side = sweep % 2 === 0 ? 'left' : 'right';
    for (const column of side === 'left' ? columns : columns.toReversed()) {
      const wished = column.map((id) => {
        const near = (neighbours.get(id)?.[side] ?? []).map((one) => y.get(one) ?? 0);
        return near.length === 0 ? (y.get(id) ?? 0) : near.reduce((sum, one) => sum + one, 0) / near.length;
      });
      for (const [at, height] of apart(wished).entries()) y.set(column[at] ?? '', height);
    }
  }
  return y;
}

/** Where each thing stands, so that what was there first is left of what came of it, and no two boxes touch. */
export function placeGraph(ids: readonly string[], arrows: readonly Arrow[]): Placed {
  const neighbours = withoutCircles(ids, arrows);
  const columns = ordered(layersOf(ids, neighbours), neighbours);
  const y = heights(columns, neighbours);
  const top = Math.min(...y.values(), Number.POSITIVE_INFINITY);
  const places = new Map<string, Place>();
  for (const [column, things] of columns.entries())
    for (const [row, id] of things.entries())
      places.set(id, {
        id,
        column,
        row,
        x: PAD + column * (BOX.width + BOX.across),
        y: PAD + Math.round((y.get(id) ?? 0) - top),
      });
  const lowest = Math.max(0, ...[...places.values()].map((place) => place.y));
  return {
    places,
    columns,
    neighbours,
    width: 2 * PAD + columns.length * (BOX.width + BOX.across) - BOX.across,
    height: PAD + lowest + BOX.height + PAD,
  };
}

const STEPS: Readonly<Record<string, (place: Place, placed: Placed) => string | undefined>> = {
  ArrowUp: ({ column, row }, { columns }) => columns[column]?.[row - 1],
  ArrowDown: ({ column, row }, { columns }) => columns[column]?.[row + 1],
  ArrowLeft: (place, placed) => nearest(place, placed, 'left'),
  ArrowRight: (place, placed) => nearest(place, placed, 'right'),
};

function nearest({ id, y }: Place, { places, neighbours }: Placed, side: 'left' | 'right'): string | undefined {
  const away = (one: string): number => Math.abs((places.get(one)?.y ?? 0) - y);
  return [...(neighbours.get(id)?.[side] ?? [])].sort((a, b) => away(a) - away(b))[0];
}

/** Where an arrow key leads from a thing: along its arrows, or up and down its column. */
export function stepFrom(id: string, key: string, placed: Placed): string | undefined {
  const place = placed.places.get(id);
  return place === undefined ? undefined : STEPS[key]?.(place, placed);
}
