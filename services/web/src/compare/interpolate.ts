type Point = Readonly<{ x: number; y: number; z: number }>;
type Looks = Readonly<{ cells: number; logX: boolean; logY: boolean }>;
/** `cells` are [column, row, value]; `places` those of the points, in columns and rows. */
export type Field = Readonly<{
  xs: number[];
  ys: number[];
  cells: Array<readonly [number, number, number]>;
  places: Array<readonly [number, number]>;
}>;

/** Named wherever its picture is shown. */
export const INTERPOLATION = 'inverse squared distance (Shepard), on axes scaled to their spans';
const NEAR = 1e-9;

/** An axis from its least to its greatest value, as places from 0 to 1. */
function scaleOf(values: readonly number[], isLog: boolean) {
  const map = isLog ? Math.log : (value: number): number => value;
  const unmap = isLog ? Math.exp : (value: number): number => value;
  const [least, most] = [Math.min(...values.map(map)), Math.max(...values.map(map))];
  const span = most - least || 1;
  return {
    placeOf: (value: number) => (map(value) - least) / span,
    valueOf: (place: number) => unmap(least + place * span),
  };
}

/** Values between scattered points on a grid of `cells` × `cells`. */
export function interpolate(points: readonly Point[], { cells, logX, logY }: Looks): Field {
  const across = scaleOf(
    points.map(({ x }) => x),
    logX,
  );
  const up = scaleOf(
    points.map(({ y }) => y),
    logY,
  );
  const placed = points.map(({ x, y, z }) => ({ x: across.placeOf(x), y: up.placeOf(y), z }));
  const middles = Array.from({ length: cells }, (_, at) => at / (cells - 1));
  const at = (x: number, y: number): number => {
    let [sum, weights, here, met] = [0, 0, 0, 0];
    for (const point of placed) {
      const squared = (point.x - x) ** 2 + (point.y - y) ** 2;
      if (squared < NEAR) {
        here += point.z;
        met += 1;
      } else {
        sum += point.z / squared;
        weights += 1 / squared;
      }
    }
    // Of several runs at one place, their mean.
    return met > 0 ? here / met : sum / weights;
  };
  return {
    xs: middles.map(across.valueOf),
    ys: middles.map(up.valueOf),
    cells:
      points.length === 0
        ? []
        : middles.flatMap((x, column) => middles.map((y, row) => [column, row, at(x, y)] as const)),
    places: placed.map(({ x, y }) => [x * (cells - 1), y * (cells - 1)]),
  };
}
