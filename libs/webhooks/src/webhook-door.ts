import { randomBytes } from 'node:crypto';
import { type Asker, type CommandAnswer, type Commands, type WebhookResult, webhookRules } from '@runledger/commands';
import type { WebhookEvent, WebhookRow } from '@runledger/contracts';
import type { WebhookCommand, WebhookMembers } from '@runledger/domain';
import { type AddressSet, checkTarget, type Outbound } from '@runledger/outbound';
import { parseCondition } from './condition';
import { bodyOf } from './entries';
import { EXAMPLES } from './examples';
import { type Posted, post } from './post';
import type { Vault } from './vault';

/** A command as a client says it: with the secret itself where the command has its place. An empty one is none. */
export type SaidWebhookCommand =
  | (Omit<Extract<WebhookCommand, { name: 'create-webhook' }>, 'secret'> & SaidSecret)
  | (Readonly<{ name: 'change-webhook'; webhook: string }> & Omit<WebhookMembers, 'secret'> & SaidSecret)
  | Extract<WebhookCommand, { name: 'delete-webhook' | 'replay-webhook' }>;
type SaidSecret = Readonly<{ secret?: string | null | undefined }>;

/** A command under the id by which it can be asked again; `fields` is what the client said. */
export type AskedOfWebhook = Readonly<{ id: string; fields: object; said: SaidWebhookCommand }>;

/** What doors do about webhooks. */
export type WebhookDoor = Readonly<{
  /** @throws Fault invalid OUTBOUND_PRIVATE, OUTBOUND_PLAIN; unavailable WEBHOOKS_NO_KEY; those of filters, of the rules and the journal */
  run(who: Asker, asked: AskedOfWebhook): Promise<CommandAnswer<Omit<WebhookResult, 'secret'>>>;
  /** Sends an example once, at once, and answers what came of it. */
  tryOut(workspace: string, webhook: string, row: WebhookRow, event: WebhookEvent): Promise<Posted>;
}>;

export type WebhookDoorParts = Readonly<{
  commands: Commands;
  vault: Vault;
  outbound: Outbound;
  /** Private ranges that users' targets may lie in. */
  allowed: AddressSet;
}>;

export function createWebhookDoor({ commands, vault, outbound, allowed }: WebhookDoorParts): WebhookDoor {
  /** The journal remembers what was asked, and by no secret: by something that only this key makes of it. */
  const marked = (fields: object): object =>
    'secret' in fields && typeof fields.secret === 'string' && fields.secret !== ''
      ? { ...fields, secret: vault.mark(fields.secret) }
      : fields;

  async function kept(workspace: string, said: SaidWebhookCommand): Promise<WebhookCommand> {
    if (!('secret' in said)) return said.name === 'create-webhook' ? { ...said, secret: null } : said;
    const owner = `webhook/${said.webhook}`;
    const secret = said.secret
      ? await vault.keep(workspace, owner, said.secret)
      : said.secret === undefined
        ? undefined
        : null;
    return said.name === 'create-webhook' ? { ...said, secret: secret ?? null } : { ...said, secret };
  }

  return {
    async run(who, { id, fields, said }) {
      if ('url' in said && said.url !== undefined) checkTarget(said.url, allowed);
      if ('condition' in said && typeof said.condition === 'string') parseCondition(said.condition);
      const remembered = marked(fields);
      const command = await kept(who.workspace, said);
      const mine = 'secret' in command ? (command.secret ?? null) : null;
      let used: string | null = null;
      try {
        const { result, ...answer } = await commands.run(webhookRules, who, { id, fields: remembered, command });
        used = result.secret;
        if (command.name === 'delete-webhook') await vault.forgetAll(who.workspace, `webhook/${command.webhook}`);
        return { ...answer, result: { webhook: result.webhook, status: result.status } };
      } finally {
        // It was refused, or had been decided before: with the secret of then.
        if (mine !== null && mine !== used) await vault.forget(who.workspace, mine);
      }
    },
    tryOut(workspace, webhook, { url, secret }, event) {
      const body = bodyOf({ event, data: EXAMPLES[event] }, workspace, Date.now());
      return post({ outbound, vault }, { workspace, webhook, url, secret, source: randomBytes(32), body });
    },
  };
}
