import { connect, createServer, type Socket } from 'node:net';

/** `deaf`: what the server answers is thrown away. `closed`: who connects is turned away. */
export type ProxyMode = 'open' | 'deaf' | 'closed';

/** Stands between a client and a server of this machine, and loses what a test wants lost. */
export async function openCuttingProxy(port: number, target: number) {
  let mode: ProxyMode = 'open';
  const sockets = new Set<Socket>();
  const own = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    own(client);
    if (mode === 'closed') return void client.destroy();
    const upstream = connect(target, '127.0.0.1');
    own(upstream);
    client.pipe(upstream);
    upstream.on('data', (bytes) => {
      if (mode === 'open') client.write(bytes);
    });
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  return {
    turn: (to: ProxyMode): void => {
      mode = to;
    },
    /** Breaks every connection there is. */
    cut: (): void => {
      for (const socket of sockets) socket.destroy();
    },
    close: (): void => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
