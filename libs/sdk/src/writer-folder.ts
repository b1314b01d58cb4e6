import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isEntityId } from '@runledger/contracts';
import { nobody, type Owner, thisProcess } from './owner';

/** What recovery must know of a writer. No key is ever written to disk. */
export type WriterMeta = Readonly<{ version: 1; run: string; writer: string; url: string; created: string }>;
export type WriterFolder = Readonly<{ path: string; writer: string; owner: Owner }>;

const META = 'writer.json';
const NAME = /^([A-Za-z0-9_.-]+)~([A-Za-z0-9.-]+)~(\d+)~(\d+)$/;

const nameOf = (writer: string, owner: Owner): string => `${writer}~${owner.host}~${owner.pid}~${owner.started}`;

function parseName(name: string): { writer: string; owner: Owner } | null {
  const [, writer, host, pid, started] = NAME.exec(name) ?? [];
  if (writer === undefined || host === undefined || pid === undefined || started === undefined) return null;
  return { writer, owner: { host, pid: Number(pid), started } };
}

/** A new writer's folder: it appears whole, under its owner's name. */
export function createWriterFolder(spool: string, meta: WriterMeta): WriterFolder {
  mkdirSync(spool, { recursive: true, mode: 0o700 });
  const owner = thisProcess();
  const path = join(spool, nameOf(meta.writer, owner));
  const making = join(spool, `.making-${meta.writer}`);
  mkdirSync(making, { mode: 0o700 });
  writeFileSync(join(making, META), `${JSON.stringify(meta)}\n`, { mode: 0o600, flush: true });
  renameSync(making, path);
  return { path, writer: meta.writer, owner };
}

export function listWriterFolders(spool: string): WriterFolder[] {
  let names: string[];
  try {
    names = readdirSync(spool);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return names.sort().flatMap((name) => {
    const parsed = parseName(name);
    return parsed === null ? [] : [{ path: join(spool, name), ...parsed }];
  });
}

function rename(spool: string, folder: WriterFolder, owner: Owner): WriterFolder | null {
  const path = join(spool, nameOf(folder.writer, owner));
  try {
    renameSync(folder.path, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  return { path, writer: folder.writer, owner };
}

/**
 * Takes a dead owner's folder over for this process. Only one of several processes can, since the old name is gone for
 * the others.
 */
export const claimWriterFolder = (spool: string, folder: WriterFolder): WriterFolder | null =>
  rename(spool, folder, thisProcess());

/** Gives back what could not be sent to its end now. */
export const releaseWriterFolder = (spool: string, folder: WriterFolder): WriterFolder | null =>
  rename(spool, folder, nobody());

export function readWriterMeta(folder: WriterFolder): WriterMeta | null {
  try {
    const meta = JSON.parse(readFileSync(join(folder.path, META), 'utf8')) as Partial<WriterMeta>;
    const { version, run, writer, url, created = '' } = meta;
    if (version !== 1 || typeof run !== 'string' || !isEntityId(run)) return null;
    if (writer !== folder.writer || typeof url !== 'string') return null;
    return { version, run, writer, url, created };
  } catch {
    return null;
  }
}

/** Everything in it was acknowledged or set aside. */
export const removeWriterFolder = (folder: WriterFolder): void => rmSync(folder.path, { recursive: true, force: true });
