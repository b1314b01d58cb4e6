import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Received = Readonly<{
  headers: IncomingHttpHeaders;
  text: string;
  body: Readonly<Record<string, unknown>>;
}>;

/** How the next requests are answered: by a status, or not at all. */
type Mood = number | 'silent' | ((nth: number) => number | 'silent');

export type Receiver = Readonly<{
  url: string;
  got: Received[];
  behave(mood: Mood): void;
  /** Resolves when so many were received. */
  until(count: number): Promise<void>;
  stop(): Promise<void>;
}>;

/** A receiver of webhooks on loopback. */
export async function startReceiver(port = 0): Promise<Receiver> {
  const got: Received[] = [];
  let mood: Mood = 200;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = Buffer.concat(parts).toString();
      got.push({ headers: request.headers, text, body: JSON.parse(text) as Received['body'] });
      const answer = typeof mood === 'function' ? mood(got.length) : mood;
      if (answer !== 'silent') response.writeHead(answer).end('seen');
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    got,
    behave: (next) => {
      mood = next;
    },
    async until(count) {
      const deadline = Date.now() + 40_000;
      while (got.length < count) {
        if (Date.now() > deadline) throw new Error(`${got.length} of ${count} were received`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
