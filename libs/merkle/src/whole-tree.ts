import { leafHash, nodeHash } from './hash';
import { planInclusion, proofOf } from './prove';

/** All hashes of a tree that is small enough for memory, level by level, those of leaves first. */
function levelsOf(entries: readonly Uint8Array[]): Buffer[][] {
  let level = entries.map(leafHash);
  const levels = [level];
  while (level.length > 1) {
    const above: Buffer[] = [];
    for (let i = 0; i + 1 < level.length; i += 2)
      above.push(nodeHash(level[i] ?? Buffer.alloc(0), level[i + 1] ?? Buffer.alloc(0)));
    levels.push(above);
    level = above;
  }
  return levels;
}

/** RFC 9162, 2.1.3.1: inclusion proofs in a tree of these entries, all of which are at hand. */
export function proverOf(entries: readonly Uint8Array[]): (index: number) => Buffer[] {
  const levels = levelsOf(entries);
  return (index) =>
    proofOf(planInclusion(index, entries.length), ({ level, index: at }) => levels[level]?.[at] ?? Buffer.alloc(0));
}
