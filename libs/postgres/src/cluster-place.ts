import { createHash, randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Fault } from '@runledger/kernel';
import { canReach, type OsUser } from './os-user';
import { stopLeftovers } from './processes-of-folder';

/** Where clusters go whose data folder is closed to Postgres' user. Only root needs it. */
export const ELSEWHERE = '/var/lib/runledger';
const POINTER = 'cluster-place.json';
/** Beside a cluster that lies elsewhere: names its data folder. */
export const OWNER = 'data-folder';
export const CLUSTER = 'cluster';

type Pointer = { folder: string };

export function readPointer(dataDir: string): Pointer | undefined {
  const file = join(dataDir, POINTER);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Pointer) : undefined;
}

/** A data folder that was copied points to the same cluster as its original: two owners would destroy it. */
function checkOwner(folder: string, dataDir: string): void {
  const file = join(folder, OWNER);
  const owner = existsSync(file) ? readFileSync(file, 'utf8') : dataDir;
  if (owner !== dataDir && existsSync(owner) && readPointer(owner)?.folder === folder)
    throw new Fault(
      'conflict',
      'POSTGRES_COPIED_FOLDER',
      `${dataDir} is a copy of ${owner}, whose database lies in ${folder}: start with an empty folder and restore a backup into it`,
    );
  writeFileSync(file, dataDir);
}

async function openElsewhere(dataDir: string, user: OsUser, note: (line: string) => void): Promise<string> {
  const folder = join(ELSEWHERE, createHash('sha256').update(dataDir).digest('hex').slice(0, 24));
  if (existsSync(folder)) {
    // Its data folder was deleted and made anew. What it holds may be somebody's record: kept, out of the way.
    if (existsSync(join(folder, CLUSTER))) await stopLeftovers(join(folder, CLUSTER));
    const aside = `${folder}.left-${Date.now()}`;
    renameSync(folder, aside);
    note(`${folder} belonged to a data folder that is gone; kept as ${aside}`);
  }
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  writeFileSync(join(folder, OWNER), dataDir);
  writeFileSync(join(dataDir, POINTER), JSON.stringify({ folder } satisfies Pointer));
  note(`user ${user.name} cannot reach ${dataDir}; the database lies in ${folder}`);
  return folder;
}

/**
 * The folder under which the cluster's own folder lies: the data folder, or another one when Postgres' user may not
 * pass through to it. Once made, the cluster stays where it is.
 */
export async function clusterPlace(dataDir: string, user: OsUser, note: (line: string) => void): Promise<string> {
  mkdirSync(dataDir, { recursive: true });
  const real = realpathSync(dataDir);
  const pointer = readPointer(real);
  if (!pointer) {
    const open = canReach(user, real);
    if (!open && existsSync(join(real, CLUSTER)))
      throw new Fault(
        'forbidden',
        'POSTGRES_CLOSED_FOLDER',
        `${real} holds a database, but a folder above it is closed to user ${user.name}, as whom Postgres runs: open it (chmod a+x)`,
      );
    return open ? real : openElsewhere(real, user, note);
  }
  if (!existsSync(pointer.folder))
    throw new Fault(
      'missing',
      'POSTGRES_CLUSTER_GONE',
      `the database of ${real} lay in ${pointer.folder}, which is gone`,
    );
  checkOwner(pointer.folder, real);
  return pointer.folder;
}

/** Random, made once, readable by this process's user alone. */
export function clusterPassword(dataDir: string): string {
  const file = join(dataDir, 'password');
  if (!existsSync(file)) {
    const draft = `${file}.new`;
    writeFileSync(draft, randomBytes(24).toString('base64url'), { mode: 0o600 });
    renameSync(draft, file);
  }
  return readFileSync(file, 'utf8').trim();
}

/** Lets `use` read the secret from a file that only `user` can read. */
export async function withSecretFile<T>(
  place: { folder: string; user: OsUser },
  secret: string,
  use: (file: string) => Promise<T>,
): Promise<T> {
  const file = join(place.folder, 'password-for-initdb');
  try {
    writeFileSync(file, `${secret}\n`, { mode: 0o600 });
    if (place.user.uid !== undefined && place.user.gid !== undefined) chownSync(file, place.user.uid, place.user.gid);
    return await use(file);
  } finally {
    rmSync(file, { force: true });
  }
}
