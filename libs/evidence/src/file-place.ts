import { closeSync, openSync, readSync } from 'node:fs';

/** Where the bytes of a file of a bundle lie: a file of its own, or a part of the archive. */
export type FilePlace = Readonly<{ path: string; start: number; size: number }>;

/** All bytes of a place, or as many as there are, in memory of their own. Throws as the file system does. */
export function readPlace({ path, start, size }: FilePlace): Buffer<ArrayBuffer> {
  const bytes = Buffer.allocUnsafeSlow(size);
  const file = openSync(path, 'r');
  try {
    let read = 0;
    for (let more = -1; read < size && more !== 0; read += more)
      more = readSync(file, bytes, read, size - read, start + read);
    return bytes.subarray(0, read);
  } finally {
    closeSync(file);
  }
}
