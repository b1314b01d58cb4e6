import { isIP } from 'node:net';
import { Fault } from '@runledger/kernel';
import type { AddressSet } from './address';
import { permitted } from './guarded-connector';

/** @throws Fault invalid OUTBOUND_BAD_URL */
export function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (url === null || !isHttp || url.username !== '' || url.password !== '')
    throw new Fault('invalid', 'OUTBOUND_BAD_URL', 'calls go to http and https, without a user in the URL');
  return url;
}

const isLocalName = (host: string): boolean => host === 'localhost' || host.endsWith('.localhost');

/**
 * Says of a target that a user sets what can be said without looking its name up; the connection says the rest.
 * @throws Fault invalid OUTBOUND_BAD_URL, OUTBOUND_PRIVATE, OUTBOUND_PLAIN
 */
export function checkTarget(text: string, allowed: AddressSet): void {
  const { hostname, protocol } = checkedUrl(text);
  const secure = protocol === 'https:';
  const host = isLocalName(hostname) ? '127.0.0.1' : hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) permitted(hostname, [host], secure, allowed);
  else if (!secure && allowed.size === 0)
    throw new Fault('invalid', 'OUTBOUND_PLAIN', `${hostname} is reached by https only`);
}
