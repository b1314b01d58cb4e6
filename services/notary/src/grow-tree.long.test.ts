import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { leafHash, nodeHash, perfectSubtrees, rootOf } from '@runledger/merkle';
import { growTree } from './grow-tree';

const SCALE = Number(process.env['LONG_SCALE'] ?? 0.05);
const LEAVES = Math.round(10_000_000 * SCALE);
const BATCH = 4_096;
const HASH_BYTES = 32;
const MIB = 2 ** 20;

setFlagsFromString('--expose_gc');
const collect = runInNewContext('gc') as () => void;
function heldMiB(): number {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / MIB;
}

/** The root over so many equal leaves, in as many hashes as the size has digits: the subtrees of one level are equal, too. */
function rootOfEqual(leaf: Buffer, size: number): Buffer {
  const levels = [leaf];
  const hashOf = (level: number): Buffer => {
    for (let last = levels.at(-1) ?? leaf; levels.length <= level; last = levels.at(-1) ?? leaf)
      levels.push(nodeHash(last, last));
    return levels[level] ?? leaf;
  };
  return rootOf(perfectSubtrees({ first: 0, end: size }).map(({ level }) => hashOf(level)));
}

it(`grows to ${LEAVES} leaves in flat memory, with a state that grows by the logarithm`, () => {
  const leaf = leafHash(Buffer.from('leaf'));
  let tree: Pick<ReturnType<typeof growTree>, 'size' | 'subtrees'> = { size: 0, subtrees: [] };
  let [written, tiles, batches, mostTiles] = [0, 0, 0, 0];
  const held: number[] = [];
  while (tree.size < LEAVES) {
    const grown = growTree(tree, Array<Buffer>(Math.min(BATCH, LEAVES - tree.size)).fill(leaf));
    written += grown.tiles.reduce((sum, { bytes }) => sum + bytes.length, 0);
    tiles += grown.tiles.length;
    mostTiles = Math.max(mostTiles, grown.tiles.length);
    batches++;
    tree = { size: grown.size, subtrees: grown.subtrees };
    expect(tree.subtrees.length).toBeLessThanOrEqual(Math.ceil(Math.log2(tree.size + 1)));
    if (batches % Math.max(1, Math.floor(LEAVES / BATCH / 10)) === 0) held.push(heldMiB());
  }
  expect(rootOf(tree.subtrees)).toEqual(rootOfEqual(leaf, LEAVES));
  // Each leaf is a hash in a tile, each 256th a hash one level up, and so on: never more than 256/255 of the leaves.
  expect(written / HASH_BYTES).toBeLessThanOrEqual((LEAVES * 256) / 255);
  // 16 tiles of leaves and one or two of each level above, of which there are as many as the size has digits to base 256.
  expect(mostTiles).toBeLessThanOrEqual(BATCH / 256 + 1 + 2 * Math.ceil(Math.log(LEAVES) / Math.log(256)));
  expect(tiles).toBeLessThanOrEqual(batches * mostTiles);
  expect(held.length).toBeGreaterThanOrEqual(8);
  // From the first tenth on nothing is held that grows with the log.
  expect(Math.max(...held.slice(1))).toBeLessThan((held[1] ?? 0) + 16);
}, 600_000);
