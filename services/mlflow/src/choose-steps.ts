/**
 * About `most` of the steps, evenly spread, and the ends that every curve keeps; rising, each once. `all` rises, and holds the ends.
 */
export function chooseSteps(all: BigInt64Array, ends: readonly bigint[], most: number): bigint[] {
  if (all.length <= most) return [...all];
  const stride = (all.length - 1) / Math.max(1, most - 1);
  const spread = Array.from({ length: most }, (_, i) => all[Math.round(i * stride)] ?? 0n);
  return [...new Set([...spread, ...ends])].sort((a, b) => Number(a > b) - Number(a < b));
}
