import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault, isFault, uuidv7 } from '@runledger/kernel';
import type { ArtifactLocks, Artifacts, ByteRange, Opened, PutLimits, Stored } from './artifacts';
import { badRange, checkRange } from './byte-range';
import { digitsOf, noSuchBytes } from './digest';
import { readUpload } from './read-upload';

/** An unfinished upload that nobody has written to for this long was left behind by a process that died. */
const STALE_MS = 60 * 60 * 1_000;
const NO_SPACE = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | null)?.code;

function storageFault(cause: unknown): Fault {
  if (isFault(cause)) return cause;
  if (NO_SPACE.has(codeOf(cause) ?? ''))
    return new Fault('full', 'ARTIFACTS_FULL', 'the disk of the artifacts is full; nothing was stored', { cause });
  return new Fault('unavailable', 'ARTIFACTS_AWAY', 'the artifacts cannot be reached', { cause });
}

async function withStorageFaults<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storageFault(error);
  }
}

/** A rename or a new folder survives power loss only once its parent folder has been synced. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** All of them, made once: nothing but a rename is left to be synced when an artifact comes. */
const PREFIXES = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

/** The folder and the name in it. */
function placeOf(root: string, digest: string): { folder: string; path: string } {
  const [first, rest] = digitsOf(digest);
  const folder = join(root, 'sha256', first);
  return { folder, path: join(folder, rest) };
}

async function writeChunk(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten;
}

async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined); // another process may be sweeping as well
    if (found !== undefined && found.mtimeMs < Date.now() - STALE_MS) await rm(path, { force: true });
  }
}

const noLock = async (): Promise<never> => {
  throw new Fault(
    'conflict',
    'ARTIFACTS_NO_LOCK',
    'artifacts lie in a folder, which locks nothing: keep them in a bucket of S3 for which Object Lock is on (RUNLEDGER_ARTIFACTS=s3://bucket/prefix)',
  );
};

class FolderArtifacts implements Artifacts {
  readonly direct = null;
  readonly locks: ArtifactLocks = {
    check: noLock,
    lock: noLock,
    until: async (digest) => {
      if (!(await this.has(digest))) throw noSuchBytes();
      return null;
    },
  };

  constructor(
    private readonly root: string,
    private readonly unfinished: string,
  ) {}

  put(bytes: AsyncIterable<Uint8Array>, limits: PutLimits = {}): Promise<Stored> {
    return withStorageFaults(async () => {
      const temporary = join(this.unfinished, uuidv7());
      try {
        const stored = await this.#write(bytes, temporary, limits.maxBytes ?? Number.POSITIVE_INFINITY);
        await this.#publish(temporary, stored.digest);
        return stored;
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => undefined); // the next start sweeps what could not be removed
        throw error;
      }
    });
  }

  async #write(bytes: AsyncIterable<Uint8Array>, path: string, maxBytes: number): Promise<Stored> {
    const file = await open(path, 'wx', 0o440);
    try {
      const stored = await readUpload(bytes, maxBytes, (chunk) => writeChunk(file, chunk));
      await file.sync();
      return stored;
    } finally {
      await file.close();
    }
  }

  /** Renames over what may be there already: the same bytes, whose own rename may not have been synced yet. */
  async #publish(temporary: string, digest: string): Promise<void> {
    const { folder, path } = placeOf(this.root, digest);
    await rename(temporary, path);
    await syncFolder(folder);
  }

  async open(digest: string, range?: ByteRange): Promise<Opened> {
    const { path } = placeOf(this.root, digest);
    return withStorageFaults(async () => {
      const file = await open(path, 'r').catch((cause: unknown) => {
        if (codeOf(cause) === 'ENOENT') throw noSuchBytes();
        throw cause;
      });
      try {
        const { size } = await file.stat();
        return { stream: file.createReadStream(streamOptions(size, range)), size };
      } catch (error) {
        await file.close();
        throw error;
      }
    });
  }

  async has(digest: string): Promise<boolean> {
    const { path } = placeOf(this.root, digest);
    return withStorageFaults(() =>
      stat(path).then(
        () => true,
        (cause: unknown) => {
          if (codeOf(cause) === 'ENOENT') return false;
          throw cause;
        },
      ),
    );
  }

  async remove(digest: string): Promise<void> {
    const { folder, path } = placeOf(this.root, digest);
    await withStorageFaults(async () => {
      await rm(path, { force: true });
      await syncFolder(folder);
    });
  }
}

function streamOptions(size: number, range: ByteRange | undefined): { start?: number; end?: number } {
  if (range === undefined) return {};
  checkRange(range);
  if (range.first >= size) throw badRange();
  return { start: range.first, end: Math.min(range.last, size - 1) };
}

/**
 * Artifacts in a folder: `<root>/sha256/<2 hex>/<62 hex>`, read-only, and `<root>/unfinished` for uploads under way. Both
 * lie on one file system, so that the rename that makes an artifact visible is atomic. Removes stale unfinished uploads.
 * @throws Fault full ARTIFACTS_FULL, unavailable ARTIFACTS_AWAY
 */
export function openArtifactFolder(root: string): Promise<Artifacts> {
  return withStorageFaults(async () => {
    const unfinished = join(root, 'unfinished');
    await mkdir(unfinished, { recursive: true });
    for (const prefix of PREFIXES) await mkdir(join(root, 'sha256', prefix), { recursive: true });
    await syncFolder(join(root, 'sha256'));
    await syncFolder(root);
    await sweep(unfinished);
    return new FolderArtifacts(root, unfinished);
  });
}
