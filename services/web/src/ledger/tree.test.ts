import { createHash } from 'node:crypto';
import { toHex } from './bytes';
import { leafHash, rootOver, rootsFrom, type Tree, tilePath } from './tree';

const sha = (...parts: readonly Uint8Array[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const leafOf = (index: number): Buffer => sha(Buffer.of(0), Buffer.from(`leaf ${index}`));

/** RFC 9162, 2.1.1, written out. */
function mth(first: number, end: number): Buffer {
  if (end - first === 1) return leafOf(first);
  let k = 1;
  while (k * 2 < end - first) k *= 2;
  return sha(Buffer.of(1), mth(first, first + k), mth(first + k, end));
}

/** Tiles of a log of so many leaves, as they are served; what was asked for is counted. */
function served(size: number): Tree & { asked: string[] } {
  const asked: string[] = [];
  const readTile = async (path: string): Promise<Uint8Array> => {
    asked.push(path);
    const [, level = '', groups = '', partial] = /^tile\/(\d+)\/([x\d/]+?)(?:\.p\/(\d+))?$/.exec(path) ?? [];
    const span = 256 ** Number(level);
    const index = Number(groups.replaceAll(/[x/]/g, ''));
    return Buffer.concat(
      Array.from({ length: Number(partial ?? 256) }, (_, at) => {
        const first = (index * 256 + at) * span;
        return mth(first, first + span);
      }),
    );
  };
  return { size, asked, readTile };
}

it('names tiles as the log does', () => {
  expect(tilePath(0, 1_234_067, 256)).toBe('tile/0/x001/x234/067');
  expect(tilePath(1, 0, 9)).toBe('tile/1/000.p/9');
});

it.each([1, 2, 3, 7, 8, 9, 255, 256, 257, 300, 513, 700])(
  'has the root of %i leaves over any of them',
  async (size) => {
    const root = mth(0, size).toString('hex');
    for (const index of new Set([0, 1, Math.floor(size / 2), size - 2, size - 1]))
      if (index >= 0 && index < size) {
        expect(toHex(await rootOver(served(size), leafOf(index), index))).toBe(root);
        expect(toHex(await rootOver(served(size), leafOf(index + 1_000), index))).not.toBe(root);
      }
  },
);

it('has the root of every earlier log, and of the later one, from the same hashes', async () => {
  for (const size of [1, 2, 6, 8, 257, 300])
    for (let earlier = 1; earlier <= size; earlier += size > 20 ? 37 : 1) {
      const [old, now] = await rootsFrom(served(size), earlier);
      expect([earlier, toHex(old), toHex(now)]).toEqual([
        earlier,
        mth(0, earlier).toString('hex'),
        mth(0, size).toString('hex'),
      ]);
    }
});

it('asks for few tiles, refuses those of another length, and leaves that are not there', async () => {
  const tree = served(70_000);
  const short: Tree = { size: 70_000, readTile: async () => new Uint8Array(32) };
  await expect(rootOver(short, leafOf(1), 1)).rejects.toThrow('another length');
  await expect(rootOver(tree, leafOf(1), 70_000)).rejects.toThrow('does not have this leaf');
  expect(tree.asked).toEqual([]);
  expect(toHex(await leafHash(new TextEncoder().encode('leaf 5')))).toBe(leafOf(5).toString('hex'));
});
