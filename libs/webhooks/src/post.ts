import { isFault } from '@runledger/kernel';
import type { Outbound } from '@runledger/outbound';
import { deliveryId, signature } from './signature';
import type { Vault } from './vault';

/** Who is told, and of what. */
export type Letter = Readonly<{
  workspace: string;
  webhook: string;
  url: string;
  secret: string | null;
  source: Uint8Array;
  body: string;
}>;

/** `status` is null where there was no answer. Only 2xx is a delivery: a redirect is followed nowhere. */
export type Posted = Readonly<{
  delivered: boolean;
  status: number | null;
  body: string;
  error: string | null;
  retryAfter: string | null;
}>;

const said = (status: number): string => `the receiver answered ${status}`;

/** Sends one letter once, signed at this moment. Never throws for what the receiver does. @throws Fault of the vault */
export async function post(
  { outbound, vault }: Readonly<{ outbound: Outbound; vault: Pick<Vault, 'reveal'> }>,
  { workspace, webhook, url, secret, source, body }: Letter,
  now = Date.now,
): Promise<Posted> {
  const id = deliveryId(webhook, source);
  const timestamp = String(Math.floor(now() / 1_000));
  const key = secret === null ? null : await vault.reveal(workspace, secret);
  const headers = {
    'content-type': 'application/json',
    'x-mlflow-delivery-id': id,
    'x-mlflow-timestamp': timestamp,
    ...(key === null ? {} : { 'x-mlflow-signature': signature(key, { id, timestamp, body }) }),
  };
  try {
    const answer = await outbound.call({ method: 'POST', url, headers, body });
    const delivered = answer.status >= 200 && answer.status < 300;
    return { ...answer, delivered, error: delivered ? null : said(answer.status) };
  } catch (error) {
    if (!isFault(error)) throw error;
    return { delivered: false, status: null, body: '', error: error.message, retryAfter: null };
  }
}
