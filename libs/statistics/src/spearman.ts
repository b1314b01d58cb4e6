/** Ranks from 1; equal values share the mean of theirs. */
export function averageRanks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number));
  const ranks = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1] as number] === values[order[from] as number]) to++;
    for (let i = from; i <= to; i++) ranks[order[i] as number] = (from + to) / 2 + 1;
    from = to + 1;
  }
  return ranks;
}

/**
 * Spearman's rank correlation, -1 to 1: Pearson's correlation of average ranks. Pairs with a value that is NaN are left out;
 * null with fewer than three pairs, or where either side never changes.
 */
export function spearman(xs: readonly number[], ys: readonly number[]): number | null {
  const pairs = xs.flatMap((x, i): Array<[number, number]> => {
    const y = ys[i] ?? Number.NaN;
    return Number.isNaN(x) || Number.isNaN(y) ? [] : [[x, y]];
  });
  if (pairs.length < 3) return null;
  const a = averageRanks(pairs.map(([x]) => x));
  const b = averageRanks(pairs.map(([, y]) => y));
  const mean = (pairs.length + 1) / 2;
  let [ab, aa, bb] = [0, 0, 0];
  for (const [i, rank] of a.entries()) {
    const [da, db] = [rank - mean, (b[i] as number) - mean];
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return aa === 0 || bb === 0 ? null : ab / Math.sqrt(aa * bb);
}
