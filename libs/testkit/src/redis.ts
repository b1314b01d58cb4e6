import { spawnSync } from 'node:child_process';
import { Redis } from 'ioredis';
import { temporaryFolder } from './belongings';
import { freePort } from './ports';
import { runServer, type ServerProcess } from './server-process';
import { spawnProgram } from './spawned';

export type RedisServer = ServerProcess & Readonly<{ url: string }>;

async function answers(url: string): Promise<boolean> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: null, connectTimeout: 1_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.ping()) === 'PONG';
  } finally {
    client.disconnect();
  }
}

/** A real Redis on a free port, which keeps nothing on disk: a restart finds it empty. */
export async function startRedis(): Promise<RedisServer> {
  if (spawnSync('redis-server', ['--version']).error)
    throw new Error('Redis needs the program redis-server (Debian package redis-server)');
  const folder = temporaryFolder('redis');
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const flags = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    folder.path,
  ];
  const server = await runServer('Redis', {
    launch: () => spawnProgram('redis-server', flags),
    isReady: () => answers(url),
    cleanUp: () => folder.remove(),
  });
  return { ...server, url };
}
