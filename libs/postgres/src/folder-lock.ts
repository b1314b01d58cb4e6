import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '@runledger/kernel';
import { isAlive, startOf } from './processes-of-folder';

type Holder = { pid: number; start: string };
export type FolderLock = Readonly<{ release(): void }>;

const FILE = 'lock.json';

function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    return undefined; // gone meanwhile
  }
}

const lives = (holder: Holder | undefined): holder is Holder =>
  holder !== undefined && isAlive(holder.pid) && startOf(holder.pid) === holder.start;

/** A link appears whole or not at all, so that nobody ever reads half a lock. */
function tryTake(file: string): boolean {
  const draft = `${file}.${process.pid}.new`;
  writeFileSync(draft, JSON.stringify({ pid: process.pid, start: startOf(process.pid) } satisfies Holder), {
    mode: 0o600,
  });
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Of two who find the same dead lock one moves it aside; whoever moved a living one by mistake puts it back. */
function removeDead(file: string): void {
  const aside = `${file}.${process.pid}.dead`;
  try {
    renameSync(file, aside);
    if (lives(readHolder(aside))) linkSync(aside, file);
    rmSync(aside, { force: true });
  } catch {
    // Somebody else was faster.
  }
}

/**
 * Takes a folder for this process. The lock of a process that has died counts for nothing.
 * @throws Fault conflict POSTGRES_FOLDER_IN_USE: another living process has it
 */
export function lockFolder(folder: string): FolderLock {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, FILE);
  for (let attempt = 0; attempt < 5; attempt++) {
    if (tryTake(file)) return { release: () => rmSync(file, { force: true }) };
    const holder = readHolder(file);
    if (lives(holder))
      throw new Fault(
        'conflict',
        'POSTGRES_FOLDER_IN_USE',
        `${folder} is in use by process ${holder.pid}: stop it first`,
        {
          context: { folder, pid: holder.pid },
        },
      );
    removeDead(file);
  }
  throw new Fault('conflict', 'POSTGRES_FOLDER_IN_USE', `${folder} is being taken by another process: try again`);
}
