import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { Fault } from '@runledger/kernel';

/** PEM of a certificate with its chain, and of its private key. */
export type Tls = Readonly<{ cert: Buffer; key: Buffer }>;

/**
 * Reads what the server is to show, or nothing where neither file is named: then it speaks plain HTTP, for loopback or a proxy.
 * @throws Fault invalid HTTP_BAD_TLS
 */
export function readTls(certFile: string | undefined, keyFile: string | undefined): Tls | undefined {
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile === undefined || keyFile === undefined)
    throw new Fault(
      'invalid',
      'HTTP_BAD_TLS',
      'RUNLEDGER_TLS_CERT and RUNLEDGER_TLS_KEY are set together or not at all',
    );
  try {
    const tls = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
    createSecureContext(tls);
    return tls;
  } catch (cause) {
    throw new Fault('invalid', 'HTTP_BAD_TLS', `${certFile} and ${keyFile} are no certificate and its key`, { cause });
  }
}
