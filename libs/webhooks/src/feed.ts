import { MODEL_DECISIONS, type Reach, readEvent, type StoredEvent, type WebhookEvent } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import type { DataSource, EntityManager } from 'typeorm';
import type { FeedDraft } from './entries';

/** An entry of a workspace's feed; places have no gaps, and no entry appears before an earlier one. */
export type FeedEntry = Readonly<{
  place: number;
  event: WebhookEvent;
  source: Buffer;
  recordedAt: Date;
  body: string;
  /** Whom it is for; null: whoever asks for the event. */
  webhook: string | null;
  project: string | null;
  experiment: string | null;
}>;

/** Locks the feed's head until commit. */
async function headOf(tx: EntityManager, workspace: string): Promise<number> {
  await tx.query('insert into custody.webhook_head (workspace, place) values ($1, 0) on conflict do nothing', [
    workspace,
  ]);
  const rows: Array<{ place: string }> = await tx.query(
    'select place from custody.webhook_head where workspace = $1 for update',
    [workspace],
  );
  return Number(rows[0]?.place);
}

/** Appends what the feed of this workspace does not have, in the caller's transaction. Answers its head. */
export async function appendToFeed(
  tx: EntityManager,
  workspace: string,
  drafts: ReadonlyArray<Omit<FeedDraft, 'workspace'>>,
): Promise<number> {
  const head = await headOf(tx, workspace);
  const rows: Array<{ place: string }> = await tx.query(
    `with given as (
       select distinct on (source) *
       from unnest($3::text[], $4::bytea[], $5::timestamptz[], $6::text[], $7::text[], $8::text[], $9::text[])
         with ordinality as g (event, source, recorded_at, body, webhook, project, experiment, n)
       order by source, n),
     fresh as (
       select g.*, row_number() over (order by n) as k from given g
       where not exists (select from custody.webhook_entry e where e.workspace = $1 and e.source = g.source))
     insert into custody.webhook_entry (workspace, place, event, source, recorded_at, body, webhook, project, experiment)
     select $1, $2::int8 + k, event, source, recorded_at, body, webhook, project, experiment from fresh returning place`,
    [
      workspace,
      head,
      drafts.map(({ event }) => event),
      drafts.map(({ source }) => source),
      drafts.map(({ recordedAt }) => new Date(recordedAt).toISOString()),
      drafts.map(({ body }) => body),
      drafts.map(({ webhook = null }) => webhook),
      drafts.map(({ project = null }) => project),
      drafts.map(({ experiment = null }) => experiment),
    ],
  );
  await tx.query('update custody.webhook_head set place = $2 where workspace = $1', [workspace, head + rows.length]);
  return head + rows.length;
}

/** What a model was called when the journal had come to a number. */
export async function modelNameAt(
  tx: EntityManager,
  workspace: string,
  model: string,
  journalseq: number,
): Promise<string> {
  const rows: StoredEvent[] = await tx.query(
    `select id, type, time::text, dataversion, data from custody.journal_event
     where workspace = $1 and subject = $2 and journalseq <= $3 and type in ('model.created', 'model.renamed')
     order by version desc limit 1`,
    [workspace, `model/${model}`, journalseq],
  );
  const found = rows[0];
  if (found === undefined)
    throw new Fault('bug', 'WEBHOOKS_NO_NAME', 'the journal holds a version of a model that it does not hold', {
      context: { workspace, model, journalseq },
    });
  if (found.type === 'model.renamed') return readEvent(MODEL_DECISIONS['model.renamed'], found).data.to;
  return readEvent(MODEL_DECISIONS['model.created'], found).data.name;
}

/** What comes after a place, in order. Of who is kept to projects: what is told of runs in them. */
export async function readFeed(
  source: DataSource,
  { workspace, projects }: Reach,
  after: number,
  limit: number,
): Promise<FeedEntry[]> {
  const [only, except] = 'only' in projects ? [projects.only, null] : [null, projects.except];
  const rows: Array<Omit<FeedEntry, 'place' | 'recordedAt'> & { place: string; recorded_at: Date }> =
    await source.query(
      `select place, event, source, recorded_at, body, webhook, project, experiment from custody.webhook_entry
     where workspace = $1 and place > $2 and ($4::text[] is null or project = any($4))
       and ($5::text[] is null or $5 = '{}' or not project = any($5)) order by place limit $3`,
      [workspace, after, limit, only, except],
    );
  return rows.map(({ place, recorded_at: recordedAt, ...entry }) => ({ ...entry, place: Number(place), recordedAt }));
}
