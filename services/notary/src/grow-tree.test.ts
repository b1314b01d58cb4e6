import { leafHash, perfectSubtrees, rootOf, tilePath, tilesBetween } from '@runledger/merkle';
import fc from 'fast-check';
import { type Grown, growTree } from './grow-tree';

const leaves = Array.from({ length: 70_000 }, (_, i) => leafHash(Buffer.from(String(i))));
const EMPTY = { size: 0, subtrees: [] };

/** What the store does with growths: it appends. */
function storedAfter(sizes: readonly number[]): { tree: Grown; tiles: Map<string, Buffer> } {
  const tiles = new Map<string, Buffer>();
  let tree: Grown = { ...EMPTY, root: Buffer.alloc(0), tiles: [] };
  for (const size of sizes) {
    tree = growTree(tree, leaves.slice(tree.size, size));
    for (const { level, index, bytes, widthAfter } of tree.tiles) {
      const name = `${level}/${index}`;
      tiles.set(name, Buffer.concat([tiles.get(name) ?? Buffer.alloc(0), bytes]));
      expect(tiles.get(name)?.length).toBe(widthAfter * 32);
    }
  }
  return { tree, tiles };
}

it('grows to the same tree and tiles, however the leaves come', () => {
  const once = storedAfter([70_000]);
  expect([...once.tiles.keys()].sort()).toEqual(
    tilesBetween(0, 70_000)
      .map(({ level, index }) => `${level}/${index}`)
      .sort(),
  );
  const cuts = fc
    .uniqueArray(fc.integer({ min: 1, max: 69_999 }), { maxLength: 8 })
    .map((sizes) => sizes.sort((a, b) => a - b));
  fc.assert(
    fc.property(cuts, (sizes) => {
      const { tree, tiles } = storedAfter([...sizes, 70_000]);
      expect(tree.root).toEqual(once.tree.root);
      expect(tree.subtrees).toEqual(once.tree.subtrees);
      for (const [name, bytes] of once.tiles) expect(tiles.get(name)?.equals(bytes)).toBe(true);
    }),
    { numRuns: 2 },
  );
});

it('has the tiles that a checkpoint of any size needs', () => {
  for (const size of [1, 2, 255, 256, 257, 512, 65_536, 65_537]) {
    const { tree, tiles } = storedAfter([size]);
    for (const { level, index, width } of tilesBetween(0, size))
      expect([tilePath({ level, index, width }), tiles.get(`${level}/${index}`)?.length]).toEqual([
        tilePath({ level, index, width }),
        width * 32,
      ]);
    expect(rootOf(tree.subtrees)).toEqual(tree.root);
    expect(tree.subtrees).toHaveLength(perfectSubtrees({ first: 0, end: size }).length);
  }
});

it('stays as it is without new leaves', () => {
  const { tree } = storedAfter([300]);
  expect(growTree(tree, [])).toEqual({ size: 300, root: tree.root, subtrees: tree.subtrees, tiles: [] });
});
