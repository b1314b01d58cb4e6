import { isIP } from 'node:net';
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

/** No name at all: nobody's DNS can point it elsewhere. */
const isAddress = (name: string): boolean => isIP(name.replace(/^\[|\]$/g, '')) !== 0;

/**
 * Keeps web pages out. A name that somebody else's DNS points at this machine must not make a browser talk to a server
 * on loopback, or one that was told its names (DNS rebinding), and no page of another origin may cause a write.
 */
export function createHostCheck(boundTo: string, names: readonly string[]) {
  const loopback = isLoopback(boundTo);
  const ours = new Set([...LOOPBACK, boundTo.toLowerCase(), ...names.map((name) => name.toLowerCase())]);

  /** @throws Fault forbidden HTTP_FOREIGN_HOST, HTTP_FOREIGN_ORIGIN */
  return function checkHost(method: string, host: string, origin: string | undefined): void {
    const name = nameOf(host);
    const mayBeForeign = loopback ? false : names.length === 0 || isAddress(name);
    if (!mayBeForeign && !ours.has(name))
      throw new Fault('forbidden', 'HTTP_FOREIGN_HOST', 'this server does not answer to that host name');
    if (origin === undefined || SAFE.has(method)) return;
    const from = hostOfOrigin(origin);
    if (from !== host.toLowerCase() && !(from !== undefined && names.includes(nameOf(from))))
      throw new Fault('forbidden', 'HTTP_FOREIGN_ORIGIN', 'pages of another origin may not write here');
  };
}
