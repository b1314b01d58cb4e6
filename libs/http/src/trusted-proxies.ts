import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { Fault } from '@runledger/kernel';

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** @throws Fault invalid HTTP_BAD_PROXY */
function rangesOf(proxies: readonly string[]): BlockList {
  const list = new BlockList();
  for (const proxy of proxies) {
    const [, address = '', bits] = /^([0-9a-fA-F.:]+)(?:\/(\d{1,3}))?$/.exec(proxy) ?? [];
    const most = isIP(address) === 6 ? 128 : 32;
    if (isIP(address) === 0 || Number(bits ?? most) > most)
      throw new Fault(
        'invalid',
        'HTTP_BAD_PROXY',
        `RUNLEDGER_TRUSTED_PROXIES: ${proxy} is no address and no range of them`,
      );
    list.addSubnet(address, Number(bits ?? most), familyOf(address));
  }
  return list;
}

/**
 * By which name a client called: what it says in Host, or, where the connection comes from a proxy that the operator named, what that
 * proxy says in X-Forwarded-Host. Of a list the last counts, which the nearest proxy wrote. Nobody else's forwarded headers are read.
 */
export function createHostOf(proxies: readonly string[]) {
  const trusted = rangesOf(proxies);
  return ({ headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>): string => {
    const peer = (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '');
    const forwarded = headers['x-forwarded-host'];
    if (proxies.length === 0 || forwarded === undefined || isIP(peer) === 0 || !trusted.check(peer, familyOf(peer)))
      return headers.host ?? '';
    return String(forwarded).split(',').at(-1)?.trim() ?? '';
  };
}
