import { spawn } from 'node:child_process';
import { chownSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '@runledger/kernel';
import { withSecretFile } from './cluster-place';
import type { OsUser } from './os-user';

/** The superuser's name, and the name of the one database. */
export const SUPERUSER = 'runledger';

/** A cluster's own folder is `data`; `dataDir` is ours. */
export type Cluster = Readonly<{
  dataDir: string;
  folder: string;
  data: string;
  bin: string;
  user: OsUser;
  password: string;
  durable: boolean;
}>;

export const servant = (user: OsUser): { uid?: number; gid?: number } =>
  user.uid === undefined || user.gid === undefined ? {} : { uid: user.uid, gid: user.gid };

/** Nothing of our environment reaches Postgres: PG* and locale variables would change what it does. */
export const ENVIRONMENT = { LC_ALL: 'C', PATH: '/usr/bin:/bin' };

/** A full disk is told by looking at the disk, not by what a program says about it. */
export async function startFailure(code: string, message: string, folder: string): Promise<Fault> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize < 64 * 1024 * 1024
    ? new Fault('full', 'POSTGRES_DISK_FULL', `no room is left for Postgres in ${folder}: ${message}`)
    : new Fault('unavailable', code, message);
}

function initdb(cluster: Cluster, into: string, passwordFile: string): Promise<void> {
  const sync = cluster.durable ? [] : ['--no-sync'];
  const args = ['-D', into, '-U', SUPERUSER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8'];
  // The built-in collation orders text the same on every machine, whatever its C library or ICU.
  const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--no-instructions'];
  const child = spawn(join(cluster.bin, 'bin', 'initdb'), [...args, ...locale, ...sync], {
    ...servant(cluster.user),
    cwd: '/',
    env: ENVIRONMENT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      said = `${said}${chunk}`.slice(-4_000);
    });
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('close', (code) => {
      if (code === 0) done();
      else
        void startFailure('POSTGRES_INITDB_FAILED', `initdb failed: ${said.trim()}`, cluster.folder).then(
          failed,
          failed,
        );
    });
  });
}

/** Made under another name and renamed, so that a cluster is whole or not there. */
export async function createCluster(cluster: Cluster): Promise<void> {
  const draft = `${cluster.data}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  const { uid, gid } = cluster.user;
  if (uid !== undefined && gid !== undefined) chownSync(draft, uid, gid);
  await withSecretFile(cluster, cluster.password, (file) => initdb(cluster, draft, file));
  renameSync(draft, cluster.data);
}
