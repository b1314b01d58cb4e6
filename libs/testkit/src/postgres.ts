import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger } from '@runledger/kernel';
import { openEmbeddedPostgres } from '@runledger/postgres';
import { belongsToTest, eventually, temporaryFolder, WORKSPACE } from './belongings';
import { copyTemplate, QUICK, type TestDatabase } from './test-database';

export type TestPostgres = Readonly<{
  /** Of the database `runledger`. Tests that write use `createDatabase`. */
  url: string;
  /** The postmaster's. */
  pid: number;
  stop(): Promise<void>;
}>;

type Known = { url: string; pid: number };

function launchShared(run: string): void {
  const log = openSync(join(run, 'postgres-server.log'), 'a');
  const program = join(WORKSPACE, 'libs/testkit/test/shared-postgres.ts');
  const root = readFileSync(join(run, 'root'), 'utf8');
  const child = spawn(process.execPath, [join(WORKSPACE, 'libs/testkit/run-typescript.cjs'), program, run, root], {
    cwd: WORKSPACE,
    detached: true,
    stdio: ['ignore', log, log],
  });
  child.unref();
  closeSync(log);
}

function tryLead(run: string): boolean {
  try {
    mkdirSync(join(run, 'postgres.lead'));
    return true;
  } catch {
    return false;
  }
}

/** The cluster of this jest run: the first who asks starts it, and it ends with the run. */
async function sharedPostgres(): Promise<TestPostgres> {
  const run = process.env['TESTKIT_RUN'];
  if (!run) throw new Error('the shared Postgres exists only in tests run by jest with libs/testkit/jest-begin.cjs');
  if (tryLead(run)) launchShared(run);
  const failed = join(run, 'postgres.failed');
  const known = await eventually<Known | 'failed'>(() => {
    if (existsSync(failed)) return 'failed';
    const file = join(run, 'postgres.json');
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Known) : undefined;
  }, 120_000).catch((cause: unknown) => {
    throw new Error(`the shared Postgres did not start: ${readFileSync(join(run, 'postgres-server.log'), 'utf8')}`, {
      cause,
    });
  });
  if (known === 'failed') throw new Error(`the shared Postgres did not start: ${readFileSync(failed, 'utf8')}`);
  return { ...known, stop: async () => undefined };
}

export type OwnPostgresOptions = Readonly<{
  /** A cluster that nobody else uses, so that it may be stopped and killed. Without, the one of the jest run. */
  own: true;
  /** With fsync and all that a real one has. Default false. */
  durable?: boolean;
  /** Keep the data in this folder, and leave it there. Default: a temporary one. */
  dataDir?: string;
  port?: number;
}>;

async function ownPostgres(options: OwnPostgresOptions): Promise<TestPostgres> {
  const folder = options.dataDir === undefined ? temporaryFolder('postgres') : undefined;
  const postgres = await openEmbeddedPostgres({
    dataDir: options.dataDir ?? folder?.path ?? '',
    port: options.port ?? 0,
    log: createLogger('testkit', 'warn'),
    settings: options.durable ? {} : QUICK,
  });
  const release = belongsToTest({ pid: postgres.adminPid });
  return {
    url: postgres.url,
    pid: postgres.adminPid,
    stop: async () => {
      await postgres.stop();
      release();
      folder?.remove();
    },
  };
}

/** A real Postgres 18: shared by the whole jest run (its `stop` does nothing), or one of the test's own. */
export const startPostgres = (options?: OwnPostgresOptions): Promise<TestPostgres> =>
  options ? ownPostgres(options) : sharedPostgres();

/** A fresh, migrated database of the shared cluster. `name` helps people who look into it. */
export async function createDatabase(name = 'some'): Promise<TestDatabase> {
  const { url } = await sharedPostgres();
  return copyTemplate(url, name);
}
