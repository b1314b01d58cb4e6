import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What happens to one request on its way to the store. */
export type Fate =
  | 'pass'
  | Readonly<{ status: number; code?: string }>
  | 'never-answer'
  | 'wrong-etag'
  /** The store has done it, and its answer does not arrive. */
  | 'lose-answer'
  | 'cut-body';

export type FaultyFront = Readonly<{
  url: string;
  /** Asked for each request; all pass until it is set. */
  decide(fate: (request: Readonly<{ method: string; url: string }>) => Fate): void;
  close(): Promise<void>;
}>;

function relay(incoming: IncomingMessage, outgoing: ServerResponse, store: URL, fate: Fate): void {
  const { method, url, headers } = incoming;
  const onward = request({ host: store.hostname, port: store.port, method, path: url, headers }, (answer) => {
    if (fate === 'lose-answer') {
      answer.resume().on('end', () => outgoing.socket?.destroy());
      return;
    }
    const told =
      fate === 'wrong-etag' ? { ...answer.headers, etag: '"00000000000000000000000000000000"' } : answer.headers;
    outgoing.writeHead(answer.statusCode ?? 500, told);
    if (fate !== 'cut-body') answer.pipe(outgoing);
    else
      answer.once('data', (chunk: Buffer) => outgoing.write(chunk.subarray(0, 10), () => outgoing.socket?.destroy()));
  });
  onward.on('error', () => outgoing.socket?.destroy());
  incoming.pipe(onward);
}

/** Stands between the code under test and a real store, and does what networks and stores do. */
export async function startFaultyFront(storeUrl: string): Promise<FaultyFront> {
  let decide: (request: Readonly<{ method: string; url: string }>) => Fate = () => 'pass';
  const store = new URL(storeUrl);
  const server = createServer((incoming, outgoing) => {
    const fate = decide({ method: incoming.method ?? '', url: incoming.url ?? '' });
    if (fate === 'never-answer') return void incoming.resume();
    if (typeof fate === 'string') return relay(incoming, outgoing, store, fate);
    incoming.resume().on('end', () => {
      outgoing.writeHead(fate.status, { 'content-type': 'application/xml' });
      outgoing.end(`<Error><Code>${fate.code ?? 'InternalError'}</Code><Message>made up</Message></Error>`);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    decide: (fate) => {
      decide = fate;
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
