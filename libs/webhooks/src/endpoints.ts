import type { DecisionOf, PlacedDecision, WEBHOOK_DECISIONS } from '@runledger/contracts';
import type { EntityManager } from 'typeorm';
import { forgetCrossings } from './crossings';

type WebhookDecision = DecisionOf<typeof WEBHOOK_DECISIONS>;
type Of<T extends WebhookDecision['type']> = Extract<WebhookDecision, { type: T }>['data'];
type At = Readonly<{ workspace: string; seq: number; head: number }>;

/** Whoever is sending finds on his next write that the endpoint is no longer his. */
const TAKE_BACK = 'seq = $3, holder = null, held_until = null, next_at = now(), failures = 0, failing_since = null';
/** The relay publishes a decision at least once; only the first time counts. */
const NEWER = 'workspace = $1 and webhook = $2 and seq < $3';

async function create(tx: EntityManager, { workspace, seq, head }: At, data: Of<'webhook.created'>): Promise<void> {
  const { webhook, url, events, secret, status, condition = null, scope = null } = data;
  await tx.query(
    `insert into custody.webhook_endpoint
       (workspace, webhook, seq, url, events, secret, status, place, condition, scope_kind, scope_id, watch)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $3) on conflict do nothing`,
    [workspace, webhook, seq, url, events, secret, status, head, condition, scope?.kind ?? null, scope?.id ?? null],
  );
}

/** One that was disabled goes on with what comes now; one that was paused goes on where it stopped. */
async function change(tx: EntityManager, { workspace, seq, head }: At, data: Of<'webhook.changed'>): Promise<void> {
  const { webhook, url, events, secret, status } = data;
  await tx.query(
    `update custody.webhook_endpoint set ${TAKE_BACK},
       url = coalesce($4, url), events = coalesce($5::text[], events),
       secret = case when $6 then $7 else secret end,
       place = case when status = 'disabled' and $8 = 'active' then $9 else place end,
       status = coalesce($8, status)
     where ${NEWER}`,
    [workspace, webhook, seq, url ?? null, events ?? null, secret !== undefined, secret ?? null, status ?? null, head],
  );
}

/** What it looks for is another thing: runs that were told of before are told of again where that holds of them. */
async function lookFor(tx: EntityManager, { workspace, seq }: At, data: Of<'webhook.changed'>): Promise<void> {
  const { webhook, condition, scope } = data;
  if (condition === undefined && scope === undefined) return;
  const [changed]: [unknown[], number] = await tx.query(
    `update custody.webhook_endpoint set watch = $3,
       condition = case when $4 then $5 else condition end,
       scope_kind = case when $6 then $7 else scope_kind end, scope_id = case when $6 then $8 else scope_id end
     where workspace = $1 and webhook = $2 and seq = $3 and watch < $3 returning webhook`,
    [
      ...[workspace, webhook, seq, condition !== undefined, condition ?? null],
      ...[scope !== undefined, scope?.kind ?? null, scope?.id ?? null],
    ],
  );
  if (changed.length > 0) await forgetCrossings(tx, workspace, webhook, seq);
}

/** What a decision about a webhook is for its sending. `head` is the feed's end at that moment. */
export async function applyToEndpoint(
  tx: EntityManager,
  { workspace, journalseq: seq, event }: PlacedDecision<WebhookDecision>,
  head: number,
): Promise<void> {
  const at = { workspace, seq, head };
  const { webhook } = event.data;
  switch (event.type) {
    case 'webhook.created':
      return create(tx, at, event.data);
    case 'webhook.changed':
      await change(tx, at, event.data);
      return lookFor(tx, at, event.data);
    case 'webhook.paused':
      await tx.query(`update custody.webhook_endpoint set ${TAKE_BACK}, status = 'paused' where ${NEWER}`, [
        workspace,
        webhook,
        seq,
      ]);
      return;
    case 'webhook.replayed':
      await tx.query(`update custody.webhook_endpoint set ${TAKE_BACK}, place = least($4, $5::int8) where ${NEWER}`, [
        workspace,
        webhook,
        seq,
        event.data.after,
        head,
      ]);
      return;
    case 'webhook.deleted':
      await tx.query('delete from custody.webhook_endpoint where workspace = $1 and webhook = $2', [
        workspace,
        webhook,
      ]);
      return forgetCrossings(tx, workspace, webhook, seq);
    default:
      event satisfies never;
  }
}
