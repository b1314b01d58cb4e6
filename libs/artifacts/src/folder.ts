import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault, isFault, uuidv7 } from '@runledger/kernel';
import type { Artifacts, ByteRange, Opened, Stored } from './artifacts';

/** An unfinished upload that nobody has written to for this long was left behind by a process that died. */
const STALE_MS = 60 * 60 * 1_000;
const DIGEST = /^sha256:([0-9a-f]{2})([0-9a-f]{62})$/;
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

/** The folder and the name in it. Only digits of a digest ever become part of a path. */
function placeOf(root: string, digest: string): { folder: string; path: string } {
  const [, first, rest] = DIGEST.exec(digest) ?? [];
  if (first === undefined || rest === undefined)
    throw new Fault('invalid', 'ARTIFACTS_BAD_DIGEST', 'a digest is sha256: and 64 hex digits in lower case');
  const folder = join(root, 'sha256', first);
  return { folder, path: join(folder, rest) };
}

async function writeChunk(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten;
}

/** Tells a stream that failed (the client's doing) from a disk that did. */
async function copy(bytes: AsyncIterable<Uint8Array>, file: FileHandle, hash: Hash, maxBytes: number): Promise<number> {
  let size = 0;
  let failure: Fault | undefined;
  try {
    for await (const chunk of bytes) {
      size += chunk.length;
      if (size > maxBytes) failure = tooLarge(maxBytes);
      hash.update(chunk);
      failure ??= await writeChunk(file, chunk).then(() => undefined, storageFault);
      if (failure !== undefined) break;
    }
  } catch (cause) {
    failure ??= isFault(cause)
      ? cause
      : new Fault('invalid', 'ARTIFACTS_CUT', 'the upload ended before its end; nothing was stored', { cause });
  }
  if (failure !== undefined) throw failure;
  return size;
}

const tooLarge = (maxBytes: number): Fault =>
  new Fault('too-large', 'ARTIFACTS_TOO_LARGE', `an artifact may have at most ${maxBytes} bytes`);

async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined); // another process may be sweeping as well
    if (found !== undefined && found.mtimeMs < Date.now() - STALE_MS) await rm(path, { force: true });
  }
}

class FolderArtifacts implements Artifacts {
  constructor(
    private readonly root: string,
    private readonly unfinished: string,
  ) {}

  put(bytes: AsyncIterable<Uint8Array>, limits: { maxBytes?: number } = {}): Promise<Stored> {
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
      const hash = createHash('sha256');
      const size = await copy(bytes, file, hash, maxBytes);
      await file.sync();
      return { digest: `sha256:${hash.digest('hex')}`, size };
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
        if (codeOf(cause) === 'ENOENT') throw new Fault('missing', 'ARTIFACTS_MISSING', 'there are no such bytes');
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
}

function streamOptions(size: number, range: ByteRange | undefined): { start?: number; end?: number } {
  if (range === undefined) return {};
  const { first, last } = range;
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last) || first < 0 || last < first || first >= size)
    throw new Fault('invalid', 'ARTIFACTS_BAD_RANGE', `the range must lie within the ${size} bytes`);
  return { start: first, end: Math.min(last, size - 1) };
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
