import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Fault } from '@runledger/kernel';

/** Who a server process runs as. `undefined` ids mean: as this process does. */
export type OsUser = Readonly<{ name: string; uid?: number; gid?: number }>;

const SERVANTS = ['postgres', 'nobody'];

function lookUp(name: string): OsUser | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined ? undefined : { name, uid: Number(uid), gid: Number(gid) };
}

/**
 * Postgres refuses to run as root, so root hands it to another user; everybody else runs it as himself.
 * @throws Fault unsupported POSTGRES_NO_OS_USER
 */
export function postgresOsUser(): OsUser {
  if (process.getuid?.() !== 0) return { name: 'self' };
  for (const name of SERVANTS) {
    const found = lookUp(name);
    if (found) return found;
  }
  throw new Fault(
    'unsupported',
    'POSTGRES_NO_OS_USER',
    'Postgres does not run as root and this system has no user "postgres" or "nobody": add one, or start Runledger as another user',
  );
}

/** A cluster stays with the user who owns its files, whoever would be chosen for a new one. */
export function ownerOf(cluster: string, otherwise: OsUser): OsUser {
  const { uid, gid } = statSync(cluster);
  if (otherwise.uid !== undefined) return uid === 0 ? otherwise : { name: `uid ${uid}`, uid, gid };
  if (uid === process.getuid?.()) return otherwise;
  throw new Fault('forbidden', 'POSTGRES_FOREIGN_CLUSTER', `${cluster} belongs to user ${uid}: start Runledger as it`);
}

/** Whether the user may pass through every folder down to `path`. Decided by mode bits: the process has no other groups. */
export function canReach(user: OsUser, path: string): boolean {
  if (user.uid === undefined) return true;
  for (let at = resolve(path), last = ''; at !== last; last = at, at = dirname(at)) {
    const found = statSync(at, { throwIfNoEntry: false });
    if (!found?.isDirectory()) continue;
    const shift = found.uid === user.uid ? 6 : found.gid === user.gid ? 3 : 0;
    if (((found.mode >> shift) & 1) === 0) return false;
  }
  return true;
}
