import type { IncomingHttpHeaders } from 'node:http';
import { isLoopback } from '@runledger/access';
import { Fault } from '@runledger/kernel';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Name of a Host header, without the port. */
const nameOf = (host: string): string => host.toLowerCase().replace(/:\d*$/, '');

function hostOfOrigin(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Keeps web pages out. A name that somebody else's DNS points at this machine must not make a browser talk to a server
 * on loopback (DNS rebinding), and no page of another origin may cause a write.
 */
export function createHostCheck(boundTo: string, names: readonly string[]) {
  const loopback = isLoopback(boundTo);
  const ours = new Set([...LOOPBACK, boundTo.toLowerCase(), ...names.map((name) => name.toLowerCase())]);

  /** @throws Fault forbidden HTTP_FOREIGN_HOST, HTTP_FOREIGN_ORIGIN */
  return function checkHost(method: string, headers: IncomingHttpHeaders): void {
    const host = headers.host ?? '';
    if (loopback && !ours.has(nameOf(host)))
      throw new Fault('forbidden', 'HTTP_FOREIGN_HOST', 'this server does not answer to that host name');
    const { origin } = headers;
    if (origin === undefined || SAFE.has(method)) return;
    const from = hostOfOrigin(origin);
    if (from !== host.toLowerCase() && !(from !== undefined && names.includes(nameOf(from))))
      throw new Fault('forbidden', 'HTTP_FOREIGN_ORIGIN', 'pages of another origin may not write here');
  };
}
