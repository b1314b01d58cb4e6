import type { ObjectiveScope, WebhookEvent } from '@runledger/contracts';
import type { DataSource } from 'typeorm';

/** The right to send to one endpoint, until it is given back, taken back by a change of the webhook, or has run out. */
export type Claim = Readonly<{
  workspace: string;
  webhook: string;
  url: string;
  events: readonly WebhookEvent[];
  secret: string | null;
  place: number;
  failures: number;
  /** Since when it has failed without a success in between. */
  failingSince: Date | null;
  holder: string;
  /** The runs whose thresholds and objectives it is told of; null: all. */
  scope: ObjectiveScope | null;
}>;

/** Longer than a delivery takes; after a kill, another process goes on after so long. */
const HOLD = `interval '20 seconds'`;
const MINE = 'workspace = $1 and webhook = $2 and holder = $3';

type Row = Omit<Claim, 'place' | 'failingSince' | 'holder' | 'scope'> & {
  place: string;
  failing_since: Date | null;
  scope_kind: ObjectiveScope['kind'] | null;
  scope_id: string | null;
};

async function touches(source: DataSource, sql: string, params: readonly unknown[]): Promise<boolean> {
  const [, changed]: [unknown, number] = await source.query(sql, [...params]);
  return changed > 0;
}

/** Endpoints that have something to be sent and whose time has come, and nobody else's. */
export async function claimEndpoints(source: DataSource, holder: string, most: number): Promise<Claim[]> {
  const rows: Row[] = await source.query(
    `with due as (
       select e.workspace, e.webhook from custody.webhook_endpoint e
       join custody.webhook_head h using (workspace)
       where e.status = 'active' and e.place < h.place and e.next_at <= now()
         and (e.held_until is null or e.held_until < now())
       order by e.next_at limit $2 for update of e skip locked),
     mine as (
       update custody.webhook_endpoint e set holder = $1, held_until = now() + ${HOLD}
       from due where e.workspace = due.workspace and e.webhook = due.webhook
       returning e.workspace, e.webhook, e.url, e.events, e.secret, e.place, e.failures, e.failing_since,
         e.scope_kind, e.scope_id)
     select * from mine`,
    [holder, most],
  );
  return rows.map(({ place, failing_since: failingSince, scope_kind: kind, scope_id: id, ...row }) => ({
    ...row,
    scope: kind === null || id === null ? null : { kind, id },
    place: Number(place),
    failingSince,
    holder,
  }));
}

/** Everything up to `place` is done. `delivered`: the last of it was sent. False: the endpoint is not ours any more. */
export const advance = (
  source: DataSource,
  { workspace, webhook, holder }: Claim,
  place: number,
  delivered: Readonly<{ status: number }> | null,
): Promise<boolean> =>
  touches(
    source,
    delivered === null
      ? `update custody.webhook_endpoint set place = $4 where ${MINE}`
      : `update custody.webhook_endpoint set place = $4, failures = 0, failing_since = null, last_at = now(),
           last_status = $5, last_error = null, delivered_at = now(), held_until = now() + ${HOLD} where ${MINE}`,
    [workspace, webhook, holder, place, ...(delivered === null ? [] : [delivered.status])],
  );

/** It failed: again after `waitMs`. */
export const putOff = (
  source: DataSource,
  { workspace, webhook, holder }: Claim,
  failure: Readonly<{ error: string; status: number | null; waitMs: number }>,
): Promise<boolean> =>
  touches(
    source,
    `update custody.webhook_endpoint set failures = failures + 1, failing_since = coalesce(failing_since, now()),
       last_at = now(), last_status = $4, last_error = $5, next_at = now() + $6 * interval '1 millisecond',
       holder = null, held_until = null where ${MINE}`,
    [workspace, webhook, holder, failure.status, failure.error, failure.waitMs],
  );

export const giveBack = (source: DataSource, { workspace, webhook, holder }: Claim): Promise<boolean> =>
  touches(source, `update custody.webhook_endpoint set holder = null, held_until = null where ${MINE}`, [
    workspace,
    webhook,
    holder,
  ]);
