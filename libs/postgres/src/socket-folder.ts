import { chownSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { OsUser } from './os-user';

/** sun_path of unix(7) has 108 bytes, the last of which is zero. */
const LONGEST_PATH = 107;
const LONGEST_NAME = '.s.PGSQL.65535';
/** The setting is a list of folders, in which these mean something. */
const SPECIAL = /[",\s]/;

/**
 * A new folder beside the cluster that none but Postgres' user may enter, for the socket on which this process speaks to
 * it. Null where a socket's path would be too long, or cannot be said: then it is TCP.
 */
export function makeSocketFolder(beside: string, { uid, gid }: OsUser): string | null {
  const path = join(beside, 'socket');
  rmSync(path, { recursive: true, force: true }); // of a server that was killed
  if (Buffer.byteLength(join(path, LONGEST_NAME)) > LONGEST_PATH || SPECIAL.test(path)) return null;
  mkdirSync(path, { mode: 0o700 });
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
  return path;
}
