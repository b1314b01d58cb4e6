import type { Steps } from '@runledger/reads';

/**
 * About `most` of the steps, evenly spread, and the ends that every curve keeps; rising, each once. `all` holds the ends.
 */
export function chooseSteps(all: Steps, ends: readonly bigint[], most: number): bigint[] {
  const stride = all.length <= most ? 1 : (all.length - 1) / Math.max(1, most - 1);
  const length = Math.min(all.length, most);
  const spread = Array.from({ length }, (_, i) => all.at(Math.round(i * stride)) ?? 0n);
  if (length === all.length) return spread;
  return [...new Set([...spread, ...ends])].sort((a, b) => Number(a > b) - Number(a < b));
}
