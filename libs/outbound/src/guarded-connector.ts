import { lookup as systemLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Fault } from '@runledger/kernel';
import { buildConnector } from 'undici';
import { type AddressSet, innermost, isPublicAddress } from './address';

export type Lookup = (name: string) => Promise<ReadonlyArray<Readonly<{ address: string }>>>;

/** Which addresses may be connected to. */
export type AddressRule = Readonly<{
  /** Ranges that are reached although they are not public, or without TLS. */
  allowed: AddressSet;
  lookup?: Lookup;
  connectTimeoutMs: number;
}>;

const everyAddress: Lookup = (name) => systemLookup(name, { all: true, verbatim: true });

const refused = (code: string, message: string): Fault => new Fault('invalid', code, message);

/** Of the addresses of a name, those that may be reached. @throws Fault invalid OUTBOUND_PRIVATE, OUTBOUND_PLAIN */
export function permitted(host: string, found: readonly string[], secure: boolean, allowed: AddressSet): string[] {
  const isAllowed = (address: string): boolean => allowed.has(innermost(address));
  const reachable = found.filter((address) => isAllowed(address) || isPublicAddress(address));
  if (reachable.length === 0)
    throw refused('OUTBOUND_PRIVATE', `${host} has no public address, and its ranges are not allowed`);
  const enough = secure ? reachable : reachable.filter(isAllowed);
  if (enough.length === 0) throw refused('OUTBOUND_PLAIN', `${host} is reached by https only`);
  return enough;
}

/**
 * Connects to an address that was checked, and not to a name: no second look-up lies between the check and the connection. The
 * certificate is still the name's.
 */
export function guardedConnector({
  allowed,
  lookup = everyAddress,
  connectTimeoutMs,
}: AddressRule): buildConnector.connector {
  const connect = buildConnector({ timeout: connectTimeoutMs });

  async function addressesOf(name: string): Promise<string[]> {
    const host = name.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0) return [host];
    return (await lookup(host)).map(({ address }) => address);
  }

  async function choose({ hostname, protocol }: buildConnector.Options): Promise<string[]> {
    return permitted(hostname, await addressesOf(hostname), protocol === 'https:', allowed);
  }

  function tryInTurn(options: buildConnector.Options, addresses: string[], callback: buildConnector.Callback): void {
    const [hostname = '', ...others] = addresses;
    const name = options.hostname.replace(/^\[|\]$/g, '');
    const servername = options.servername ?? (isIP(name) === 0 ? name : undefined);
    connect({ ...options, hostname, ...(servername === undefined ? {} : { servername }) }, (...outcome) => {
      if (outcome[0] !== null && others.length > 0) tryInTurn(options, others, callback);
      else callback(...outcome);
    });
  }

  return (options, callback) => {
    choose(options).then(
      (addresses) => tryInTurn(options, addresses, callback),
      (error: unknown) => callback(error as Error, null),
    );
  };
}
