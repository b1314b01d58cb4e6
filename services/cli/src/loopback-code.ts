import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Fault } from '@runledger/kernel';

const PATIENCE_MS = 5 * 60_000;
const PAGE = (text: string): string =>
  `<!doctype html><html lang="en"><title>Runledger</title><p style="font:1rem system-ui;margin:3rem">${text}</p></html>`;

/** A listener on this machine that waits for the code of a browser (RFC 8252, 7.3). Only who knows the state is heard. */
export async function waitForCode(state: string, signal: AbortSignal) {
  const server = createServer();
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(0, '127.0.0.1', listening);
  });
  const timeout = AbortSignal.timeout(PATIENCE_MS);
  const code = new Promise<string>((got, failed) => {
    for (const one of [signal, timeout])
      one.addEventListener('abort', () =>
        failed(new Fault('unavailable', 'CLI_NOT_LET_IN', 'nobody let this command line in; try again')),
      );
    server.on('request', (request, response) => {
      const asked = new URL(request.url ?? '/', 'http://127.0.0.1').searchParams;
      const isOurs = asked.get('state') === state && asked.has('code');
      response.writeHead(isOurs ? 200 : 400, { 'content-type': 'text/html; charset=utf-8', connection: 'close' });
      response.end(PAGE(isOurs ? 'The command line is signed in. This page can be closed.' : 'This is not for here.'));
      if (isOurs) got(asked.get('code') as string);
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    code,
    close: (): void => {
      server.close();
      server.closeAllConnections();
    },
  };
}
