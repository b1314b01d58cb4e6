import { type Bytes, sha256 } from './bytes';

/** Bytes of a tile of hashes, or what there is of it, by its path below the log (C2SP tlog-tiles). */
export type ReadTile = (path: string) => Promise<Uint8Array>;
export type Tree = Readonly<{ size: number; readTile: ReadTile }>;

const HASH = 32;
const WIDTH = 256;
const LEVELS = 8;

/** RFC 9162, 2.1.1: the prefixes keep a leaf from posing as a node. */
export const leafHash = (entry: Uint8Array): Promise<Bytes> => sha256(Uint8Array.of(0), entry);
const nodeHash = (left: Uint8Array, right: Uint8Array): Promise<Bytes> => sha256(Uint8Array.of(1), left, right);

/** RFC 9162, 2.1.1: the largest power of two smaller than `count`. */
function splitOf(count: number): number {
  let k = 1;
  while (k * 2 < count) k *= 2; // no shifts: they stop at 32 bits
  return k;
}

/** C2SP tlog-tiles: 1234067 is x001/x234/067, and a tile that is not full says how wide it is. */
export function tilePath(level: number, index: number, width: number): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? [];
  const place = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
  return `tile/${level}/${place}${width === WIDTH ? '' : `.p/${width}`}`;
}

async function folded(hashes: Uint8Array): Promise<Uint8Array> {
  if (hashes.length === HASH) return hashes;
  const middle = hashes.length / 2;
  return nodeHash(await folded(hashes.subarray(0, middle)), await folded(hashes.subarray(middle)));
}

/** The hash over 2^level leaves from `first` on, which lies in a tile, or is folded from some hashes of one. */
async function perfectHash({ size, readTile }: Tree, first: number, level: number): Promise<Uint8Array> {
  const tileLevel = Math.floor(level / LEVELS);
  const start = first / WIDTH ** tileLevel;
  const index = Math.floor(start / WIDTH);
  const width = Math.min(WIDTH, Math.floor(size / WIDTH ** tileLevel) - index * WIDTH);
  const bytes = await readTile(tilePath(tileLevel, index, width));
  if (bytes.length !== width * HASH) throw new Error('A tile of the log has another length than its name says');
  const at = (start % WIDTH) * HASH;
  return folded(bytes.subarray(at, at + 2 ** (level % LEVELS) * HASH));
}

/** RFC 9162, 2.1.1: MTH(D[first:end]). */
async function rangeHash(tree: Tree, first: number, end: number): Promise<Uint8Array> {
  const count = end - first;
  const level = Math.log2(count);
  if (Number.isInteger(level) && first % count === 0) return perfectHash(tree, first, level);
  const middle = first + splitOf(count);
  return nodeHash(await rangeHash(tree, first, middle), await rangeHash(tree, middle, end));
}

/** RFC 9162, 2.1.3: the root that follows from this leaf at this place, with all other hashes from the tiles. */
export async function rootOver(tree: Tree, leaf: Uint8Array, index: number): Promise<Uint8Array> {
  async function over(first: number, end: number): Promise<Uint8Array> {
    if (end - first === 1) return leaf;
    const middle = first + splitOf(end - first);
    return index < middle
      ? nodeHash(await over(first, middle), await rangeHash(tree, middle, end))
      : nodeHash(await rangeHash(tree, first, middle), await over(middle, end));
  }
  if (index < 0 || index >= tree.size) throw new Error('The checkpoint does not have this leaf yet');
  return over(0, tree.size);
}

/** RFC 9162, 2.1.4: the roots of the first `earlier` leaves and of all, both from the same hashes. */
export function rootsFrom(tree: Tree, earlier: number): Promise<readonly [Uint8Array, Uint8Array]> {
  async function both(known: number, first: number, end: number): Promise<readonly [Uint8Array, Uint8Array]> {
    if (known === end - first) {
      const hash = await rangeHash(tree, first, end);
      return [hash, hash];
    }
    const split = splitOf(end - first);
    const middle = first + split;
    if (known <= split) {
      const [old, left] = await both(known, first, middle);
      return [old, await nodeHash(left, await rangeHash(tree, middle, end))];
    }
    const left = await rangeHash(tree, first, middle);
    const [old, right] = await both(known - split, middle, end);
    return [await nodeHash(left, old), await nodeHash(left, right)];
  }
  return both(earlier, 0, tree.size);
}
