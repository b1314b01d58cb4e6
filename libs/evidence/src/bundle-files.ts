import { createReadStream } from 'node:fs';
import { type FileHandle, open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '@runledger/kernel';
import type { FilePlace } from './file-place';
import { isBundleName, readTarHeader, TAR_BLOCK, TAR_END, type TarEntry, tarPadding } from './tar';

/** The files of a bundle, wherever they lie. */
export type BundleFiles = Readonly<{
  files: readonly TarEntry[];
  /** All bytes of a file that is there. */
  read(name: string): AsyncIterable<Buffer>;
  /** The same at once. */
  whole(name: string): Promise<Buffer>;
  /** Where they lie, for who reads them in another thread. */
  place(name: string): Omit<FilePlace, 'size'>;
  close(): Promise<void>;
}>;

const cut = (at: number): Fault =>
  new Fault(
    'invalid',
    'EVIDENCE_CUT',
    `the archive ends at byte ${at}, in the middle of a file or before its last one`,
  );

async function readExactly(file: FileHandle, at: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(bytes);
  const { bytesRead } = await file.read(buffer, 0, bytes, at);
  if (bytesRead < bytes) throw cut(at + bytesRead);
  return buffer;
}

type Placed = TarEntry & Readonly<{ start: number }>;

/** Where each file of an archive lies. Nothing may stand between, behind or instead. */
async function listArchive(file: FileHandle, size: number): Promise<Placed[]> {
  const found: Placed[] = [];
  const names = new Set<string>();
  for (let at = 0; ; ) {
    const block = await readExactly(file, at, TAR_BLOCK);
    if (block.equals(TAR_END.subarray(0, TAR_BLOCK))) {
      const end = await readExactly(file, at, TAR_END.length);
      if (!end.equals(TAR_END) || at + TAR_END.length !== size)
        throw new Fault('invalid', 'EVIDENCE_BAD_TAR', `something stands behind the end of the archive, at byte ${at}`);
      return found;
    }
    const entry = readTarHeader(block, at);
    const start = at + TAR_BLOCK;
    const padding = tarPadding(entry.size);
    if (!(await readExactly(file, start + entry.size, padding.length)).equals(padding))
      throw new Fault('invalid', 'EVIDENCE_BAD_TAR', `the bytes behind ${entry.name} are not zero`);
    if (names.has(entry.name)) throw new Fault('invalid', 'EVIDENCE_EXTRA', `${entry.name} is in the archive twice`);
    names.add(entry.name);
    found.push({ ...entry, start });
    at = start + entry.size + padding.length;
  }
}

async function openArchive(path: string, size: number): Promise<BundleFiles> {
  const file = await open(path, 'r');
  try {
    const files = await listArchive(file, size);
    const places = new Map(files.map((entry) => [entry.name, entry]));
    return {
      files,
      async *read(name) {
        const { start = 0, size: bytes = 0 } = places.get(name) ?? {};
        if (bytes === 0) return;
        yield* createReadStream(path, { start, end: start + bytes - 1, highWaterMark: 1 << 18 });
      },
      whole(name) {
        const { start = 0, size: bytes = 0 } = places.get(name) ?? {};
        return readExactly(file, start, bytes);
      },
      place: (name) => ({ path, start: places.get(name)?.start ?? 0 }),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function listFolder(root: string, below = ''): Promise<TarEntry[]> {
  const found: TarEntry[] = [];
  for (const entry of await readdir(join(root, below), { withFileTypes: true })) {
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) found.push(...(await listFolder(root, name)));
    else if (entry.isFile() && isBundleName(name)) found.push({ name, size: (await stat(join(root, name))).size });
    else throw new Fault('invalid', 'EVIDENCE_EXTRA', `${name} is no file of a bundle`);
  }
  return found;
}

async function openFolder(path: string): Promise<BundleFiles> {
  return {
    files: await listFolder(path),
    async *read(name) {
      yield* createReadStream(join(path, name), { highWaterMark: 1 << 18 });
    },
    whole: (name) => readFile(join(path, name)),
    place: (name) => ({ path: join(path, name), start: 0 }),
    close: async () => undefined,
  };
}

/**
 * Opens a bundle: the archive as it was exported, or the folder that it was unpacked into.
 * @throws Fault invalid EVIDENCE_CUT, EVIDENCE_BAD_TAR, EVIDENCE_EXTRA, missing EVIDENCE_NO_BUNDLE
 */
export async function openBundle(path: string): Promise<BundleFiles> {
  const info = await stat(path).catch(() => null);
  if (info === null) throw new Fault('missing', 'EVIDENCE_NO_BUNDLE', `there is nothing at ${path}`);
  return info.isDirectory() ? openFolder(path) : openArchive(path, info.size);
}
