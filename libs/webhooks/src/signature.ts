import { createHash, createHmac } from 'node:crypto';

/** `v1,<base64 of HMAC-SHA256 over id.timestamp.body>`, as MLflow's receivers check it. */
export const signature = (secret: string, { id, timestamp, body }: Record<'id' | 'timestamp' | 'body', string>) =>
  `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`;

/** The same event has the same id at the same webhook, however often it is sent: by it a receiver knows a repetition. */
export function deliveryId(webhook: string, source: Uint8Array): string {
  const digest = createHash('sha256').update(webhook).update('\n').update(source).digest();
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x80; // RFC 9562, version 8
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  const hex = digest.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
