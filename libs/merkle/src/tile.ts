import { Fault } from '@runledger/kernel';
import { HASH_BYTES, nodeHash } from './hash';
import type { TreeNode } from './subtree';

/** C2SP tlog-tiles, "Merkle Tree": a tile has up to 256 hashes, which are eight levels of the tree. */
export const TILE_WIDTH = 256;
const TILE_LEVELS = 8;

/** A tile of hashes, or a bundle of entries: `width` is less than 256 where it is partial. */
export type Tile = Readonly<{ level: number | 'entries'; index: number; width: number }>;

/** C2SP tlog-tiles: 1234067 is x001/x234/067. */
function indexPath(index: number): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? [];
  return groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
}

/** C2SP tlog-tiles: below the log's prefix, `tile/<L>/<N>[.p/<W>]` and `tile/entries/<N>[.p/<W>]`. */
export const tilePath = ({ level, index, width }: Tile): string =>
  `tile/${level}/${indexPath(index)}${width === TILE_WIDTH ? '' : `.p/${width}`}`;

const PATH = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** The tile that a path names, null where it names none. There is one path for a tile, and no other. */
export function tileOfPath(path: string): Tile | null {
  const [, level = '', groups = '', width] = PATH.exec(path) ?? [];
  const index = Number(groups.replaceAll(/[x/]/g, ''));
  const tile: Tile = {
    level: level === 'entries' ? level : Number(level),
    index,
    width: width === undefined ? TILE_WIDTH : Number(width),
  };
  const bounded = Number.isSafeInteger(index) && (level === 'entries' || Number(level) <= 63);
  return bounded && tilePath(tile) === path ? tile : null;
}

/** C2SP tlog-tiles, "Partial Tiles": how many hashes of a level a tree of that size has, in all its tiles. */
const hashesAt = (level: number, size: number): number => Math.floor(size / TILE_WIDTH ** level);

/** C2SP tlog-tiles, "Partial Tiles": how wide a tile is in a tree of that size; 0 where it is not in it. */
export function widthOfTile({ level, index }: Omit<Tile, 'width'>, size: number): number {
  const width = hashesAt(level === 'entries' ? 0 : level, size) - index * TILE_WIDTH;
  return Math.max(0, Math.min(TILE_WIDTH, width));
}

/** C2SP tlog-tiles: the tiles of hashes that a tree has at size `to` and did not have, or not so wide, at size `from`. */
export function tilesBetween(from: number, to: number): Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0; hashesAt(level, to) > 0; level++) {
    const [before, after] = [hashesAt(level, from), hashesAt(level, to)];
    for (let index = Math.floor(before / TILE_WIDTH); before < after && index * TILE_WIDTH < after; index++)
      tiles.push({ level, index, width: Math.min(TILE_WIDTH, after - index * TILE_WIDTH) });
  }
  return tiles;
}

/** C2SP tlog-tiles, "Log entries": the bundles that go with the tiles of level 0. */
export const bundlesBetween = (from: number, to: number): Tile[] =>
  tilesBetween(from, to).flatMap((tile) => (tile.level === 0 ? [{ ...tile, level: 'entries' as const }] : []));

/** The node of the tree that one hash of a tile is. */
export const nodeInTile = (level: number, index: number, position: number): TreeNode => ({
  level: level * TILE_LEVELS,
  index: index * TILE_WIDTH + position,
});

/** Where a node is found: a tile of the tree at that size, and the tile's hashes that the node is the root of. */
export type NodePlace = Readonly<{ tile: Tile & { level: number }; first: number; end: number }>;

/**
 * C2SP tlog-tiles: every perfect subtree lies in one tile, also in a partial one.
 * @throws Fault invalid MERKLE_NO_NODE (the node is not in a tree of that size)
 */
export function placeOfNode(node: TreeNode, size: number): NodePlace {
  const level = Math.floor(node.level / TILE_LEVELS);
  const hashes = 2 ** (node.level % TILE_LEVELS);
  const start = node.index * hashes;
  const index = Math.floor(start / TILE_WIDTH);
  const width = widthOfTile({ level, index }, size);
  const first = start % TILE_WIDTH;
  if (first + hashes > width)
    throw new Fault('invalid', 'MERKLE_NO_NODE', 'a tree of that size does not have this node');
  return { tile: { level, index, width }, first, end: first + hashes };
}

/**
 * The hash of a node from its tile's bytes; a wider version of the tile does as well.
 * @throws Fault invalid MERKLE_BAD_TILE
 */
export function hashInTile({ tile, first, end }: NodePlace, bytes: Uint8Array): Buffer {
  if (
    bytes.length < tile.width * HASH_BYTES ||
    bytes.length > TILE_WIDTH * HASH_BYTES ||
    bytes.length % HASH_BYTES !== 0
  )
    throw new Fault('invalid', 'MERKLE_BAD_TILE', `${tilePath(tile)} has not as many bytes as ${tile.width} hashes`);
  const hash = (position: number): Uint8Array => bytes.subarray(position * HASH_BYTES, (position + 1) * HASH_BYTES);
  if (end - first === 1) return Buffer.from(hash(first));
  const middle = (first + end) / 2; // a perfect subtree: halves, quarters … down to the tile's own hashes
  return nodeHash(hashInTile({ tile, first, end: middle }, bytes), hashInTile({ tile, first: middle, end }, bytes));
}
