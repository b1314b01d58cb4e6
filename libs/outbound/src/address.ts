import { BlockList, isIP } from 'node:net';
import { Fault } from '@runledger/kernel';

/** Ranges of the IANA special-purpose registries that are not globally reachable, and multicast. */
const NOT_PUBLIC_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** Of IPv6 only 2000::/3 is given out; these parts of it are not for everybody. */
const GLOBAL_V6 = '2000::/3';
const NOT_PUBLIC_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];
/** NAT64 (RFC 6052) and 6to4 (RFC 3056): the IPv4 address that is meant lies in these groups of 16 bits. */
const NAT64 = '64:ff9b::/96';
const SIX_TO_FOUR = '2002::/16';

/** A set of addresses. */
export type AddressSet = Readonly<{ has(address: string): boolean; size: number }>;

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 4 ? 'ipv4' : 'ipv6');
const badRange = (range: string): Fault =>
  new Fault('invalid', 'OUTBOUND_BAD_RANGE', `${range.slice(0, 100)} is no range of addresses such as 10.0.0.0/8`);

/** @throws Fault invalid OUTBOUND_BAD_RANGE */
export function addressSet(ranges: readonly string[]): AddressSet {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', bits = '', ...rest] = range.split('/');
    const most = isIP(network) === 4 ? 32 : 128;
    if (isIP(network) === 0 || rest.length > 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > most) throw badRange(range);
    list.addSubnet(network, Number(bits), familyOf(network));
  }
  return { has: (address) => isIP(address) !== 0 && list.check(address, familyOf(address)), size: ranges.length };
}

const notPublicV4 = addressSet(NOT_PUBLIC_V4);
const notPublicV6 = addressSet(NOT_PUBLIC_V6);
const globalV6 = addressSet([GLOBAL_V6]);
const nat64 = addressSet([NAT64]);
const sixToFour = addressSet([SIX_TO_FOUR]);
const mapped = addressSet(['::ffff:0:0/96']);

/** The eight groups of an IPv6 address, without its zone. */
function groupsOf(address: string): number[] {
  const { hostname } = new URL(`http://[${address.replace(/%.*$/, '')}]`); // in the one spelling of RFC 5952
  const [head = '', tail] = hostname.slice(1, -1).split('::');
  const read = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  if (tail === undefined) return read(head);
  const [before, after] = [read(head), read(tail)];
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}

const dotted = (high: number, low: number): string => [high >> 8, high & 255, low >> 8, low & 255].join('.');

/** The address that packets reach in the end: the IPv4 address in a mapped, NAT64 or 6to4 one. */
export function innermost(address: string): string {
  if (isIP(address) !== 6) return address;
  const groups = groupsOf(address);
  const at = (i: number): number => groups[i] ?? 0;
  const plain = address.replace(/%.*$/, '');
  if (mapped.has(plain) || nat64.has(plain)) return dotted(at(6), at(7));
  if (sixToFour.has(plain)) return dotted(at(1), at(2));
  return plain;
}

/** Whether an address is one that anybody on the internet reaches as the same machine. */
export function isPublicAddress(address: string): boolean {
  const inner = innermost(address);
  if (isIP(inner) === 4) return !notPublicV4.has(inner);
  return isIP(inner) === 6 && globalV6.has(inner) && !notPublicV6.has(inner);
}
