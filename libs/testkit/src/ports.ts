import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the range that the kernel takes the ports of outgoing connections from (32768 and up on Linux): there, whoever
 * connects next could have the port before the server that it is meant for listens, or while a test has that server down.
 */
const [LOWEST, BEYOND] = [15_000, 32_000];

const isFree = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });

/** A port of 127.0.0.1 that nobody has at the moment. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = randomInt(LOWEST, BEYOND);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port from ${LOWEST} to ${BEYOND - 1} was found on 127.0.0.1`);
}
