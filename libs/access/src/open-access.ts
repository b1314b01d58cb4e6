import { Fault } from '@runledger/kernel';
import { type Authenticator, everything, type Identity } from './principal';

/** Whether a server bound to this address can only be reached from its own machine. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

/**
 * RUNLEDGER_AUTH=off: everybody on this machine may do everything in the first workspace.
 * @throws Fault invalid ACCESS_OFF_NOT_LOOPBACK when the server is to be bound where others can reach it
 */
export function openToAll(host: string): Authenticator {
  if (!isLoopback(host))
    throw new Fault(
      'invalid',
      'ACCESS_OFF_NOT_LOOPBACK',
      `RUNLEDGER_AUTH=off is for loopback only: bind to 127.0.0.1 instead of ${host}, or leave access control on`,
    );
  const anybody: Identity = { workspace: 'default', actor: 'anybody', permissions: everything };
  return { authenticate: async () => anybody };
}
