import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';

/** Writes a small file so that it is there whole or not at all, and on the disk. */
export function writeWhole(path: string, text: string): void {
  const making = `${path}.making`;
  const fd = openSync(making, 'w', 0o600);
  try {
    writeFileSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(making, path);
}
