import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger, type Logger } from '@runledger/kernel';
import { belongsToTest, eventually, spawnTypeScript, temporaryFolder } from '@runledger/testkit';
import { Client } from 'pg';
import { type EmbeddedPostgres, type EmbeddedPostgresOptions, openEmbeddedPostgres } from './embedded-postgres';
import { postgresOsUser } from './os-user';
import { packagedFolder, runnableCopy } from './postgres-binaries';
import { isAlive, startOf } from './processes-of-folder';

const log = createLogger('test', 'silent');
const HOLDER = join(__dirname, '../test/hold-postgres.ts');
const isRoot = process.getuid?.() === 0;

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

function folder(): string {
  const made = temporaryFolder('embedded');
  cleanups.push(() => made.remove());
  return join(made.path, 'postgres');
}

// Killing processes loses nothing that they have written, fsync or not; without it a new cluster costs a third.
async function open(dataDir: string, more: Partial<EmbeddedPostgresOptions> = {}) {
  const postgres = await openEmbeddedPostgres({ dataDir, log, settings: { fsync: 'off' }, ...more });
  const release = belongsToTest({ pid: postgres.adminPid });
  cleanups.push(() => postgres.stop().finally(release));
  return postgres;
}

/** A parent process with a Postgres of its own, ready to be killed. */
async function hold(dataDir: string) {
  const parent = spawnTypeScript(HOLDER, [dataDir]);
  const [, url = '', pid = ''] = await parent.line(/^ready (\S+) (\d+)$/m);
  const release = belongsToTest({ pid: Number(pid) });
  cleanups.push(async () => {
    await parent.stop();
    release();
  });
  return { parent, url, pid: Number(pid) };
}

const cleanups: Array<() => unknown> = [];
afterEach(async () => {
  for (const undo of cleanups.splice(0).reverse()) await undo();
});

const parentOf = (url: string, change: (at: URL) => void): string => {
  const at = new URL(url);
  change(at);
  return at.href;
};

describe('the embedded Postgres', () => {
  it('keeps its data over a stop, and lets in nobody without the password', async () => {
    const dataDir = folder();
    const first = await open(dataDir, { settings: {} });
    await ask(first.url, 'create table kept (n int); insert into kept values (7)');
    expect(statSync(join(dataDir, 'password')).mode & 0o777).toBe(0o600);
    for (const url of [first.url, first.socketUrl])
      for (const password of ['', 'guess'])
        await expect(
          ask(
            parentOf(url, (at) => (at.password = password)),
            'select 1',
          ),
        ).rejects.toThrow(/password/);
    const bySocket = 'select n, inet_client_addr() is null as s from kept';
    expect(await ask(first.socketUrl, bySocket)).toEqual([{ n: 7, s: true }]);
    expect(await ask(first.url, bySocket)).toEqual([{ n: 7, s: false }]);
    await first.stop();
    await expect(ask(first.url, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
    await expect(ask(first.socketUrl, 'select 1')).rejects.toThrow(/ENOENT/);
    expect(isAlive(first.adminPid)).toBe(false);

    const second = await open(dataDir, { settings: {} });
    expect(await ask(second.url, 'select n from kept')).toEqual([{ n: 7 }]);
    expect(
      await ask(second.url, 'select current_setting($$fsync$$) f, current_setting($$listen_addresses$$) l'),
    ).toEqual([{ f: 'on', l: '127.0.0.1' }]);
    expect(await ask(second.url, 'show server_version')).toEqual([{ server_version: expect.stringMatching(/^18\./) }]);
  });

  it('leads a process group of its own, and not as root', async () => {
    const postgres = await open(folder());
    const stat = readFileSync(`/proc/${postgres.adminPid}/stat`, 'utf8');
    expect(Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2])).toBe(postgres.adminPid);
    expect(statSync(`/proc/${postgres.adminPid}`).uid).not.toBe(0);
  });

  it('refuses a folder that another living process has, and a port that is taken', async () => {
    const dataDir = folder();
    const { parent, url } = await hold(dataDir);
    await expect(openEmbeddedPostgres({ dataDir, log })).rejects.toMatchObject({
      code: 'POSTGRES_FOLDER_IN_USE',
      message: expect.stringContaining(`process ${parent.pid}`),
    });
    await expect(
      openEmbeddedPostgres({ dataDir: folder(), port: Number(new URL(url).port), log }),
    ).rejects.toMatchObject({
      code: 'POSTGRES_PORT_TAKEN',
    });
    expect(await ask(url, 'select 1 as here')).toEqual([{ here: 1 }]); // neither has harmed the first
  });

  it('ends with a parent that ends without having stopped it', async () => {
    const { parent, pid } = await hold(folder());
    parent.kill('SIGUSR2');
    expect(await parent.ended).toBe(3);
    await eventually(() => !isAlive(pid));
  });

  it('stops the server that a killed parent left behind, and starts anew with every committed row', async () => {
    const dataDir = folder();
    const { parent, url, pid } = await hold(dataDir);
    await ask(url, 'create table kept (n int); insert into kept select generate_series(1, 1000)');
    parent.kill('SIGKILL');
    await parent.ended;
    expect(isAlive(pid)).toBe(true);
    expect(readdirSync(join(dataDir, 'socket'))).toHaveLength(2); // the socket and its lock

    const again = await open(dataDir);
    expect(isAlive(pid)).toBe(false);
    expect(again.adminPid).not.toBe(pid);
    expect(readdirSync(join(dataDir, 'socket'))).toHaveLength(2);
    expect(await ask(again.url, 'select count(*)::int as n from kept')).toEqual([{ n: 1000 }]);
  });

  it('recovers when both parent and server are killed', async () => {
    const dataDir = folder();
    const { parent, url, pid } = await hold(dataDir);
    await ask(url, 'create table kept (n int); insert into kept select generate_series(1, 1000)');
    parent.kill('SIGKILL');
    process.kill(pid, 'SIGKILL');
    await parent.ended;
    const again = await open(dataDir);
    expect(await ask(again.url, 'select count(*)::int as n from kept')).toEqual([{ n: 1000 }]);
    expect(readFileSync(join(dataDir, 'postgres.log'), 'utf8')).toContain('automatic recovery in progress');
  });

  it('says when it ended by itself, and can be opened again', async () => {
    const dataDir = folder();
    const reasons: string[] = [];
    const { adminPid } = await open(dataDir, { onExit: (why) => reasons.push(why) });
    process.kill(adminPid, 'SIGKILL');
    await eventually(() => reasons.length > 0);
    expect(reasons[0]).toContain('SIGKILL');
    await open(dataDir);
  });

  it('does not mind a pid file whose number now belongs to another process', async () => {
    const dataDir = folder();
    await (await open(dataDir)).stop();
    const { uid, gid } = statSync(join(dataDir, 'cluster'));
    const stranger = spawn('sleep', ['60'], { uid, gid, stdio: 'ignore' });
    cleanups.push(() => stranger.kill());
    await eventually(() => stranger.pid !== undefined && startOf(stranger.pid) !== '');
    writeFileSync(join(dataDir, 'cluster/postmaster.pid'), `${stranger.pid}\n${join(dataDir, 'cluster')}\n`);
    await open(dataDir);
    expect(isAlive(stranger.pid ?? 0)).toBe(true);
  });
});

/** Root alone hands Postgres to another user, for whom root's folders may be closed; everybody else's are his own. */
describe('the embedded Postgres under a closed folder', () => {
  async function openClosed(): Promise<{ dataDir: string; postgres: EmbeddedPostgres; elsewhere: string | undefined }> {
    const dataDir = folder();
    chmodSync(join(dataDir, '..'), 0o700);
    const postgres = await open(dataDir);
    const pointer = join(dataDir, 'cluster-place.json');
    const elsewhere = existsSync(pointer)
      ? (JSON.parse(readFileSync(pointer, 'utf8')) as { folder: string }).folder
      : undefined;
    cleanups.unshift(() => elsewhere && rmSync(elsewhere, { recursive: true }));
    return { dataDir, postgres, elsewhere };
  }

  it('keeps the cluster where its user can reach it, and finds it again', async () => {
    const { dataDir, postgres, elsewhere } = await openClosed();
    expect(elsewhere !== undefined).toBe(isRoot);
    await ask(postgres.url, 'create table kept (n int)');
    await postgres.stop();
    const again = await open(dataDir);
    expect(await ask(again.url, 'select * from kept')).toEqual([]);
  });

  it('refuses a copy of a data folder whose cluster lies elsewhere, and keeps what a deleted one left', async () => {
    const { dataDir, postgres, elsewhere } = await openClosed();
    await postgres.stop();
    if (elsewhere === undefined) return; // not root: the folder is whole, and a copy is a copy
    const copy = `${dataDir}-copy`;
    cpSync(dataDir, copy, { recursive: true });
    await expect(openEmbeddedPostgres({ dataDir: copy, log })).rejects.toMatchObject({
      code: 'POSTGRES_COPIED_FOLDER',
    });

    rmSync(dataDir, { recursive: true });
    const warned: object[] = [];
    const heard = { ...log, warn: (line: object) => warned.push(line) } as unknown as Logger;
    await open(folder(), { log: heard });
    const told = { left: expect.arrayContaining([{ folder: elsewhere, dataDir }]) as unknown };
    expect(warned).toEqual([told]);
    expect(existsSync(join(elsewhere, 'cluster'))).toBe(true);

    const anew = await open(dataDir);
    expect(await ask(anew.url, `select 1 from pg_tables where tablename = 'kept'`)).toEqual([]);
    const kept = readdirSync(join(elsewhere, '..')).filter((name) =>
      join(elsewhere, '..', name).startsWith(`${elsewhere}.left-`),
    );
    expect(kept).toHaveLength(1);
    for (const name of kept) rmSync(join(elsewhere, '..', name), { recursive: true });
  });

  it('runs binaries that lie there, or lack their links, from a copy, which is mended when files go missing', () => {
    const { native } = packagedFolder();
    const closed = temporaryFolder('binaries');
    const user = postgresOsUser();
    const notes: string[] = [];
    const copyOf = () =>
      runnableCopy({ native: join(closed.path, 'native'), version: 'test' }, user, (line) => notes.push(line));
    cpSync(native, join(closed.path, 'native'), {
      recursive: true,
      filter: (name) => !/\/lib\/libicudata\.so(\.60)?$/.test(name),
    });
    chmodSync(closed.path, 0o700);
    const copy = copyOf();
    cleanups.push(
      () => rmSync(copy, { recursive: true }),
      () => closed.remove(),
    );
    const runs = () =>
      spawnSync(join(copy, 'bin/postgres'), ['--version'], {
        uid: user.uid,
        gid: user.gid,
        cwd: '/',
        encoding: 'utf8',
      });
    expect(runs().stdout).toContain('PostgreSQL) 18.');
    rmSync(join(copy, 'lib/libxml2.so.2'));
    expect(copyOf()).toBe(copy);
    expect(runs().stdout).toContain('PostgreSQL) 18.');
    expect(notes).toHaveLength(2);
    expect(copyOf()).toBe(copy);
    expect(notes).toHaveLength(2);
  });
});
