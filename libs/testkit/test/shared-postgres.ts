// Run as a process (see src/postgres.ts), once for all workers of a jest run: `shared-postgres.ts <run folder> <pid of jest>`.
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '@runledger/kernel';
import { isAlive, migratePostgres, openDataSource, openEmbeddedPostgres } from '@runledger/postgres';
import { connectTo, QUICK, TEMPLATE } from '../src/test-database';

function publish(file: string, content: string): void {
  writeFileSync(`${file}.new`, content);
  renameSync(`${file}.new`, file);
}

/** New databases are copies of this one, which costs a tenth of migrating each. */
async function makeTemplate(url: string): Promise<void> {
  const admin = await connectTo(url);
  await admin.query(`create database ${TEMPLATE}`);
  await admin.end();
  const at = new URL(url);
  at.pathname = `/${TEMPLATE}`;
  const source = await openDataSource(at.href, { poolSize: 2 });
  await migratePostgres(source);
  await source.destroy();
}

async function serve(run: string, root: number): Promise<void> {
  const mark = join(run, 'postgres.running');
  writeFileSync(mark, String(process.pid));
  const wanted = (): boolean => isAlive(root) && existsSync(run) && !existsSync(join(run, 'stop'));
  const log = createLogger('testkit', 'warn');
  try {
    const postgres = await openEmbeddedPostgres({ dataDir: join(run, 'postgres'), log, settings: QUICK });
    try {
      await makeTemplate(postgres.url);
      publish(join(run, 'postgres.json'), JSON.stringify({ url: postgres.url, pid: postgres.adminPid }));
      while (wanted()) await sleep(100);
    } finally {
      await postgres.stop();
    }
  } catch (error) {
    publish(join(run, 'postgres.failed'), String(error instanceof Error ? error.stack : error));
  }
  rmSync(mark, { force: true });
  if (!isAlive(root)) rmSync(run, { recursive: true, force: true });
}

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined);
void serve(process.argv[2] ?? '', Number(process.argv[3]));
