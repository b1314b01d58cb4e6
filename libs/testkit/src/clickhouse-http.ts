import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, WORKSPACE } from './belongings';
import { freePort } from './ports';
import { runServer, type ServerProcess } from './server-process';
import { spawnTypeScript } from './spawned';

export type ClickHouseHttpOptions = Readonly<{
  /** Keep the data in this folder, and leave it there. Default: a temporary one. */
  dataDir?: string;
  user?: string;
  password?: string;
}>;

export type ClickHouseHttpServer = ServerProcess & Readonly<{ url: string }>;

/** The real ClickHouse engine behind its HTTP interface: see test/clickhouse-http-server.ts for what that is, and what not. */
export async function startClickHouseHttp(options: ClickHouseHttpOptions = {}): Promise<ClickHouseHttpServer> {
  const { user = 'default', password = '' } = options;
  const temporary = options.dataDir === undefined ? temporaryFolder('clickhouse') : undefined;
  const folder = options.dataDir ?? temporary?.path ?? '';
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const at = `127.0.0.1:${port}`;
  const program = join(WORKSPACE, 'libs/testkit/test/clickhouse-http-server.ts');
  const server = await runServer('the HTTP front of ClickHouse', {
    launch: () =>
      spawnTypeScript(program, [folder, String(port), user, password], { env: { UV_THREADPOOL_SIZE: '16' } }),
    isReady: async () => (await fetch(`http://${at}/ping`)).ok,
    cleanUp: () => temporary?.remove(),
  });
  return { ...server, url: `http://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${at}` };
}
