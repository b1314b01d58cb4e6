import type { Commands } from '@runledger/commands';
import { addressSet, createOutbound, type Outbound } from '@runledger/outbound';
import { openSecretKey } from '@runledger/secrets';
import type { DataSource } from 'typeorm';
import { createVault, type Vault } from './vault';
import { createWebhookDoor, type WebhookDoor } from './webhook-door';

export type WebhookParts = Readonly<{
  source: DataSource;
  commands: Commands;
  /** File of the key for secrets; without it no secret is kept. */
  keyFile: string | undefined;
  /** Private ranges that receivers may lie in. */
  ranges: readonly string[];
}>;

export type Webhooks = Readonly<{ vault: Vault; outbound: Outbound; door: WebhookDoor }>;

/** @throws Fault invalid of the key's file, OUTBOUND_BAD_RANGE */
export async function openWebhooks({ source, commands, keyFile, ranges }: WebhookParts): Promise<Webhooks> {
  const key = keyFile === undefined ? undefined : await openSecretKey(keyFile);
  const vault = createVault(source, key);
  const outbound = createOutbound({ trust: 'user', allowed: ranges });
  return { vault, outbound, door: createWebhookDoor({ commands, vault, outbound, allowed: addressSet(ranges) }) };
}
