import { spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { temporaryFolder } from './belongings';
import { freePort } from './ports';
import { runServer, type ServerProcess } from './server-process';
import { spawnProgram } from './spawned';

export type RedisServer = ServerProcess & Readonly<{ url: string }>;

/** By hand: a client's own timers would outlive the question. */
function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', (reply) => {
      socket.destroy();
      done(reply.toString() === '+PONG\r\n');
    });
    socket.once('error', () => done(false));
  });
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
    isReady: () => answers(port),
    cleanUp: () => folder.remove(),
  });
  return { ...server, url };
}
