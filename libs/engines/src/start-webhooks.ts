import type { Commands } from '@runledger/commands';
import { openWebhooks, type Webhooks } from '@runledger/webhooks';
import type { DataSource } from 'typeorm';
import type { Opening } from './start-engines';

type WebhookChoice = Readonly<{
  RUNLEDGER_SECRET_KEY?: string | undefined;
  RUNLEDGER_WEBHOOK_RANGES: readonly string[];
}>;

/** @throws Fault invalid of the key's file and of the ranges */
export const startWebhooks = (
  { scope }: Opening,
  config: WebhookChoice,
  parts: Readonly<{ source: DataSource; commands: Commands }>,
): Promise<Webhooks> =>
  scope.start('calls to webhooks', async () => {
    const keyFile = config.RUNLEDGER_SECRET_KEY;
    const value = await openWebhooks({ ...parts, keyFile, ranges: config.RUNLEDGER_WEBHOOK_RANGES });
    return { value, stop: () => value.outbound.close() };
  });
