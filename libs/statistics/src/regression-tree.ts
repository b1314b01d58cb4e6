/** A param among the runs: a number each (NaN where it is absent), or a category each (-1 where it is absent). */
export type Feature = Readonly<{ kind: 'number' | 'category'; values: readonly number[] }>;

type Leaf = Readonly<{ mean: number }>;
/** Numbers up to `most`, or the categories named, go left. An absent number goes left as the least of all. */
type Split = Readonly<{ feature: number; left: Node; right: Node; most: number; among: ReadonlySet<number> | null }>;
export type Node = Leaf | Split;

export type Growing = Readonly<{
  features: readonly Feature[];
  target: readonly number[];
  /** From 0 up to and without 1. */
  random: () => number;
  /** Features tried at each split. */
  tried: number;
  maxDepth: number;
  minLeaf: number;
}>;

const meanOf = (rows: readonly number[], target: readonly number[]): number =>
  rows.reduce((sum, row) => sum + (target[row] as number), 0) / rows.length;

const placeOf = (value: number): number => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value);

/** Categories in the order of their mean target: one of the cuts between them is the best of all divisions (Breiman 1984). */
function categoryPlaces(
  rows: readonly number[],
  values: readonly number[],
  target: readonly number[],
): Map<number, number> {
  const sums = new Map<number, [sum: number, count: number]>();
  for (const row of rows) {
    const category = values[row] as number;
    const [sum, count] = sums.get(category) ?? [0, 0];
    sums.set(category, [sum + (target[row] as number), count + 1]);
  }
  return new Map([...sums].map(([category, [sum, count]]) => [category, sum / count]));
}

type Cut = Readonly<{ gain: number; most: number; places: ReadonlyMap<number, number> | null }>;

/** The cut of one feature that takes most from the squared error. */
function bestCut(rows: readonly number[], feature: Feature, { target, minLeaf }: Growing): Cut | null {
  const places = feature.kind === 'category' ? categoryPlaces(rows, feature.values, target) : null;
  const at = (row: number): number => {
    const value = feature.values[row] as number;
    return places === null ? placeOf(value) : (places.get(value) as number);
  };
  const sorted = rows
    .map((row) => [at(row), target[row] as number] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const total = sorted.reduce((sum, [, y]) => sum + y, 0);
  let best: Cut | null = null;
  let left = 0;
  for (let i = 0; i + 1 < sorted.length; i++) {
    const [place, y] = sorted[i] as (typeof sorted)[number];
    left += y;
    const n = i + 1;
    const rest = sorted.length - n;
    if (n < minLeaf || rest < minLeaf || place === sorted[i + 1]?.[0]) continue;
    const gain = (left * left) / n + ((total - left) * (total - left)) / rest - (total * total) / sorted.length;
    if (gain > 1e-12 && (best === null || gain > best.gain)) best = { gain, most: place, places };
  }
  return best;
}

/** Some of the features, each at most once. */
function drawFeatures({ features, random, tried }: Growing): number[] {
  const left = features.map((_, i) => i);
  for (let i = 0; i < Math.min(tried, left.length); i++) {
    const j = i + Math.floor(random() * (left.length - i));
    [left[i], left[j]] = [left[j] as number, left[i] as number];
  }
  return left.slice(0, tried);
}

/** A regression tree over these rows (a row may stand there more than once). */
export function growTree(rows: readonly number[], growing: Growing, depth = 0): Node {
  const { features, target, maxDepth, minLeaf } = growing;
  const leaf = { mean: meanOf(rows, target) };
  if (depth >= maxDepth || rows.length < 2 * minLeaf) return leaf;
  let best: (Cut & { feature: number }) | null = null;
  for (const feature of drawFeatures(growing)) {
    const cut = bestCut(rows, features[feature] as Feature, growing);
    if (cut !== null && (best === null || cut.gain > best.gain)) best = { ...cut, feature };
  }
  if (best === null) return leaf;
  const { most, places, feature } = best;
  const among =
    places === null ? null : new Set([...places].filter(([, place]) => place <= most).map(([category]) => category));
  const { values } = features[feature] as Feature;
  const isLeft = (row: number): boolean => goesLeft({ most, among }, values[row] as number);
  const left = growTree(rows.filter(isLeft), growing, depth + 1);
  const right = growTree(
    rows.filter((row) => !isLeft(row)),
    growing,
    depth + 1,
  );
  return { feature, left, right, most, among };
}

const goesLeft = ({ most, among }: Pick<Split, 'most' | 'among'>, value: number): boolean =>
  among === null ? placeOf(value) <= most : among.has(value);

/** What the tree says of a row whose features are read by `valueOf`. */
export function predict(tree: Node, valueOf: (feature: number) => number): number {
  let node = tree;
  while ('feature' in node) node = goesLeft(node, valueOf(node.feature)) ? node.left : node.right;
  return node.mean;
}
