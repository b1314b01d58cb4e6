import { RecursiveTree } from '@runledger/testkit';
import fc from 'fast-check';
import { MAX_ENTRY_BYTES, readBundle, writeBundle } from './entry-bundle';
import { leafHash } from './hash';
import { nodesOf, planConsistency, planInclusion, proofOf } from './prove';
import { perfectSubtrees, rootOf, type TreeNode } from './subtree';
import {
  bundlesBetween,
  hashInTile,
  nodeInTile,
  placeOfNode,
  type Tile,
  tileOfPath,
  tilePath,
  tilesBetween,
  widthOfTile,
} from './tile';

describe('a tile’s path', () => {
  it.each<[Tile, string]>([
    [{ level: 0, index: 0, width: 256 }, 'tile/0/000'],
    [{ level: 0, index: 1_234_067, width: 256 }, 'tile/0/x001/x234/067'],
    [{ level: 2, index: 999, width: 1 }, 'tile/2/999.p/1'],
    [{ level: 'entries', index: 1_000, width: 255 }, 'tile/entries/x001/000.p/255'],
  ])('of %j is %s, and back', (tile, path) => {
    expect(tilePath(tile)).toBe(path);
    expect(tileOfPath(path)).toEqual(tile);
  });

  it.each([
    '',
    'tile',
    'tile/0',
    'tile/00/000',
    'tile/64/000',
    'tile/-1/000',
    'tile/0/0',
    'tile/0/x000/000',
    'tile/0/001/000',
    'tile/0/x001/x000',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/0/000/',
    '/tile/0/000',
    'tile/0/../000',
    'tile/entry/000',
    'tile/0/000\n',
    'tile/0/x999/x999/x999/x999/x999/999',
  ])('is not %j', (path) => {
    expect(tileOfPath(path)).toBeNull();
  });
});

describe('the tiles of a growing tree', () => {
  it('are those that the specification counts for 70,000 leaves', () => {
    const tiles = tilesBetween(0, 70_000);
    const of = (level: number, width?: number) =>
      tiles.filter((tile) => tile.level === level && (width === undefined ? tile.width === 256 : tile.width === width));
    expect([of(0), of(0, 112), of(1), of(1, 17), of(2), of(2, 1)].map(({ length }) => length)).toEqual([
      273, 1, 1, 1, 0, 1,
    ]);
    expect(tiles).toHaveLength(277);
    for (const tile of tiles) expect(widthOfTile(tile, 70_000)).toBe(tile.width);
    expect([274, 1_000].map((index) => widthOfTile({ level: 'entries', index }, 70_000))).toEqual([0, 0]);
    expect(tilesBetween(0, 256).map(tilePath)).toEqual(['tile/0/000', 'tile/1/000.p/1']);
  });

  it('are only those that changed', () => {
    expect(tilesBetween(256, 256)).toEqual([]);
    expect(tilesBetween(255, 258).map(tilePath)).toEqual(['tile/0/000', 'tile/0/001.p/2', 'tile/1/000.p/1']);
    expect(bundlesBetween(255, 258).map(tilePath)).toEqual(['tile/entries/000', 'tile/entries/001.p/2']);
    expect(tilesBetween(300, 301).map(tilePath)).toEqual(['tile/0/001.p/45']);
  });
});

describe('tiles of 70,000 leaves', () => {
  const entries = Array.from({ length: 70_000 }, (_, i) => Buffer.from(String(i)));
  const oracle = new RecursiveTree(entries);
  const mth = ({ level, index }: TreeNode): Buffer => oracle.mth(index * 2 ** level, (index + 1) * 2 ** level);
  /** As a server would have it: by path, at the given size. */
  const tilesAt = (size: number): Map<string, Buffer> =>
    new Map(
      tilesBetween(0, size).map((tile) => {
        const nodes = Array.from({ length: tile.width }, (_, i) => nodeInTile(Number(tile.level), tile.index, i));
        return [tilePath(tile), Buffer.concat(nodes.map(mth))];
      }),
    );
  const readerOf = (size: number, tiles: Map<string, Buffer>) => (node: TreeNode) => {
    const place = placeOfNode(node, size);
    const bytes = tiles.get(tilePath(place.tile));
    if (bytes === undefined) throw new Error(`${tilePath(place.tile)} is not a tile of the tree`);
    return hashInTile(place, bytes);
  };

  it('are all that roots and proofs need', () => {
    for (const size of [1, 255, 256, 257, 65_535, 65_536, 65_537, 70_000]) {
      const hashOf = readerOf(size, tilesAt(size));
      expect(rootOf(perfectSubtrees({ first: 0, end: size }).map(hashOf))).toEqual(oracle.mth(0, size));
      for (const index of [0, 1, 255, 256, 65_535, size - 1].filter((one) => one < size))
        expect(proofOf(planInclusion(index, size), hashOf)).toEqual(oracle.path(index, 0, size));
      for (const from of [1, 2, 255, 256, 300, size].filter((one) => one <= size))
        expect(proofOf(planConsistency(from, size), hashOf)).toEqual(oracle.proof(from, size));
    }
  });

  it('may be wider than asked for, and not narrower', () => {
    const wide = tilesAt(256).get('tile/0/000') ?? Buffer.alloc(0);
    const place = placeOfNode({ level: 3, index: 1 }, 20);
    expect(place.tile).toEqual({ level: 0, index: 0, width: 20 });
    expect(hashInTile(place, wide)).toEqual(oracle.mth(8, 16));
    const bad = expect.objectContaining({ code: 'MERKLE_BAD_TILE' }) as Error;
    for (const bytes of [wide.subarray(0, 19 * 32), wide.subarray(0, 20 * 32 + 1), Buffer.alloc(257 * 32)])
      expect(() => hashInTile(place, bytes)).toThrow(bad);
  });

  it('have no node that the tree does not have', () => {
    const none = expect.objectContaining({ code: 'MERKLE_NO_NODE' }) as Error;
    for (const node of [
      { level: 0, index: 20 },
      { level: 3, index: 2 },
      { level: 8, index: 0 },
    ])
      expect(() => placeOfNode(node, 20)).toThrow(none);
    expect(nodesOf(planInclusion(0, 20)).map((node) => placeOfNode(node, 20))).toHaveLength(5);
  });
});

describe('a bundle of entries', () => {
  it('has a length before each, and gives them back', () => {
    expect(writeBundle([Buffer.from('ab'), Buffer.alloc(0)]).toString('hex')).toBe('000261620000');
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (entries) => {
        expect(readBundle(writeBundle(entries), entries.length).map((entry) => [...entry])).toEqual(
          entries.map((entry) => [...entry]),
        );
      }),
    );
    const largest = Buffer.alloc(MAX_ENTRY_BYTES);
    expect(leafHash(readBundle(writeBundle([largest]), 1)[0] ?? Buffer.alloc(0))).toEqual(leafHash(largest));
  });

  it('is refused when it is cut, has more, or an entry is too long', () => {
    const bundle = writeBundle([Buffer.from('ab'), Buffer.from('c')]);
    const bad = expect.objectContaining({ code: 'MERKLE_BAD_BUNDLE' }) as Error;
    for (let end = 0; end < bundle.length; end++) expect(() => readBundle(bundle.subarray(0, end), 2)).toThrow(bad);
    expect(() => readBundle(bundle, 1)).toThrow(bad);
    expect(() => readBundle(bundle, 3)).toThrow(bad);
    expect(() => writeBundle([Buffer.alloc(MAX_ENTRY_BYTES + 1)])).toThrow(
      expect.objectContaining({ code: 'MERKLE_ENTRY_TOO_LARGE' }),
    );
  });
});
