import { type Feature, growTree, type Node, predict } from './regression-tree';

export type { Feature } from './regression-tree';

const TREES = 100;
const MAX_DEPTH = 8;
const MIN_LEAF = 3;
const SEED = 20_011_001;

export const IMPORTANCE_METHOD =
  `permutation importance in a random forest (Breiman 2001): ${TREES} regression trees of depth ${MAX_DEPTH} at most, leaves of ` +
  `${MIN_LEAF} runs at least, a third of the params tried at each split, seed ${SEED}. Importance is how much the mean squared error of runs ` +
  `that a tree has not seen grows when the param's values are shuffled among them, as a share of the metric's variance`;

/** mulberry32: the same numbers on every machine. */
function drawing(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shuffled(rows: readonly number[], random: () => number): number[] {
  const given = [...rows];
  for (let i = given.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [given[i], given[j]] = [given[j] as number, given[i] as number];
  }
  return given;
}

function varianceOf(target: readonly number[]): number {
  const mean = target.reduce((sum, y) => sum + y, 0) / target.length;
  return target.reduce((sum, y) => sum + (y - mean) ** 2, 0) / target.length;
}

const usedBy = (node: Node, into = new Set<number>()): Set<number> => {
  if ('feature' in node) {
    into.add(node.feature);
    usedBy(node.left, into);
    usedBy(node.right, into);
  }
  return into;
};

/**
 * How much each feature matters to the target, in the order of the features; the same for the same input. `pause` is awaited between
 * trees, so that others get their turn. Empty where the target never changes. A feature that no tree uses has 0; one that misleads
 * may have less.
 */
export async function permutationImportance(
  features: readonly Feature[],
  target: readonly number[],
  pause: () => Promise<void> = async () => undefined,
): Promise<number[]> {
  const variance = varianceOf(target);
  if (!(variance > 0)) return [];
  const random = drawing(SEED);
  const grown = features.map(() => 0);
  const growing = {
    ...{ features, target, random, maxDepth: MAX_DEPTH, minLeaf: MIN_LEAF },
    tried: Math.max(1, Math.ceil(features.length / 3)),
  };
  for (let tree = 0; tree < TREES; tree++) {
    await pause();
    const rows = target.map(() => Math.floor(random() * target.length));
    const inside = new Set(rows);
    const unseen = target.map((_, row) => row).filter((row) => !inside.has(row));
    if (unseen.length === 0) continue;
    const root = growTree(rows, growing);
    const errorWith = (valueOf: (feature: number, row: number, i: number) => number): number =>
      unseen.reduce((sum, row, i) => {
        const said = predict(root, (feature) => valueOf(feature, row, i));
        return sum + (said - (target[row] as number)) ** 2;
      }, 0) / unseen.length;
    const valueAt = (feature: number, row: number): number => (features[feature] as Feature).values[row] as number;
    const before = errorWith(valueAt);
    for (const moved of usedBy(root)) {
      const others = shuffled(unseen, random);
      const after = errorWith((feature, row, i) => valueAt(feature, feature === moved ? (others[i] as number) : row));
      grown[moved] = (grown[moved] as number) + (after - before);
    }
  }
  return grown.map((sum) => sum / TREES / variance);
}
