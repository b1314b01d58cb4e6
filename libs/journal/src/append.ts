import { Fault, uuidv7 } from '@runledger/kernel';
import type { EntityManager } from 'typeorm';
import type { Answer, Append, Appended, Claim } from './journal';
import { recall } from './remembered';

/** Wakes the relay. */
export const JOURNAL_CHANNEL = 'runledger_journal';
/** A transaction that holds the head row longer than this is stuck; whoever waits for it is told to come again. */
const LOCK_TIMEOUT = '5s';

/**
 * Takes the workspace's head row until commit: appends of a workspace happen one after another, so that everything
 * that is checked below stays true until it is written.
 */
async function lockHead(tx: EntityManager, workspace: string): Promise<number> {
  // An answer means durable, whatever the server's default is.
  await tx.query(
    `select set_config('lock_timeout', $1, true),
       set_config('synchronous_commit', replace(current_setting('synchronous_commit'), 'off', 'on'), true)`,
    [LOCK_TIMEOUT],
  );
  await tx.query('insert into custody.journal_head (workspace) values ($1) on conflict do nothing', [workspace]);
  const rows: Array<{ journalseq: string }> = await tx.query(
    'select journalseq from custody.journal_head where workspace = $1 for update',
    [workspace],
  );
  return Number(rows[0]?.journalseq);
}

async function versionOf(tx: EntityManager, { workspace, subject }: Append): Promise<number> {
  const rows: Array<{ version: number }> = await tx.query(
    `select coalesce(max(version), 0)::int as version from custody.journal_event where workspace = $1 and subject = $2`,
    [workspace, subject],
  );
  return rows[0]?.version ?? 0;
}

/** Whether another stream that the decision was made on has moved on. */
async function othersMoved(tx: EntityManager, { workspace, seen = [] }: Append): Promise<boolean> {
  if (seen.length === 0) return false;
  const rows: unknown[] = await tx.query(
    `select from unnest($2::text[], $3::int[]) as s (subject, version)
     where s.version <> (select coalesce(max(e.version), 0) from custody.journal_event e
                         where e.workspace = $1 and e.subject = s.subject) limit 1`,
    [workspace, seen.map(({ subject }) => subject), seen.map(({ version }) => version)],
  );
  return rows.length > 0;
}

const columns = (claims: readonly Claim[]): [kinds: string[], names: string[]] => [
  claims.map(({ kind }) => kind),
  claims.map(({ name }) => name),
];

async function heldByAnother(tx: EntityManager, { workspace, subject, claims }: Append) {
  if (claims.take.length === 0) return undefined;
  const rows: Array<Claim & { subject: string }> = await tx.query(
    `select kind, name, subject from custody.journal_claim
     where workspace = $1 and subject <> $2 and (kind, name) in (select * from unnest($3::text[], $4::text[]))
     order by kind, name limit 1`,
    [workspace, subject, ...columns(claims.take)],
  );
  return rows[0];
}

/** The first needed claim that nobody holds. */
async function heldByNobody(tx: EntityManager, { workspace, claims }: Append): Promise<Claim | undefined> {
  const { need = [] } = claims;
  if (need.length === 0) return undefined;
  const rows: Claim[] = await tx.query(
    `select kind, name from unnest($2::text[], $3::text[]) with ordinality as t (kind, name, n)
     where not exists (select from custody.journal_claim c where c.workspace = $1 and c.kind = t.kind and c.name = t.name)
     order by n limit 1`,
    [workspace, ...columns(need)],
  );
  return rows[0];
}

async function moveClaims(tx: EntityManager, { workspace, subject, claims }: Append): Promise<void> {
  if (claims.release.length > 0) {
    const released: unknown[] = await tx.query(
      `with gone as (
         delete from custody.journal_claim
         where workspace = $1 and subject = $2 and (kind, name) in (select * from unnest($3::text[], $4::text[]))
         returning 1)
       select 1 from gone`,
      [workspace, subject, ...columns(claims.release)],
    );
    if (released.length !== claims.release.length)
      throw new Fault('bug', 'JOURNAL_BROKEN', 'a claim that was to be given back is not held', {
        context: { workspace, subject, claims },
      });
  }
  if (claims.take.length > 0)
    await tx.query(
      `insert into custody.journal_claim (workspace, kind, name, subject)
       select $1, kind, name, $2 from unnest($3::text[], $4::text[]) as t (kind, name) on conflict do nothing`,
      [workspace, subject, ...columns(claims.take)],
    );
}

async function writeEvents(tx: EntityManager, what: Append, head: number): Promise<void> {
  const { events, workspace, subject, actor, expectedVersion } = what;
  if (events.length === 0) return;
  await tx.query(
    `insert into custody.journal_event
       (workspace, journalseq, subject, version, id, type, time, dataversion, data, actor, recordedtime)
     select $1, $2 + n, $3, $4 + n, id, type, $5, dataversion, data, $6, $5
     from unnest($7::text[], $8::text[], $9::int[], $10::jsonb[]) with ordinality as t (id, type, dataversion, data, n)`,
    [
      workspace,
      head,
      subject,
      expectedVersion,
      new Date().toISOString(),
      actor,
      events.map(() => uuidv7()),
      events.map(({ type }) => type),
      events.map(({ dataversion }) => dataversion),
      events.map(({ data }) => JSON.stringify(data)),
    ],
  );
  await tx.query('update custody.journal_head set journalseq = $2 where workspace = $1', [
    workspace,
    head + events.length,
  ]);
  await tx.query('select pg_notify($1, $2)', [JOURNAL_CHANNEL, workspace]);
}

/** Runs in the caller's transaction. Checks come before the first write, so that every refusal is a value. */
export async function appendIn(tx: EntityManager, what: Append): Promise<Appended> {
  const { workspace, commandId, commandName, commandDigest: digest } = what;
  const head = await lockHead(tx, workspace);
  const known = await recall(tx, { workspace, commandId, digest });
  if (known !== null) return { outcome: 'repeated', answer: known };
  const version = await versionOf(tx, what);
  if (version !== what.expectedVersion || (await othersMoved(tx, what))) return { outcome: 'moved', version };
  const held = await heldByAnother(tx, what);
  if (held !== undefined) return { outcome: 'taken', claim: { kind: held.kind, name: held.name }, by: held.subject };
  const absent = await heldByNobody(tx, what);
  if (absent !== undefined) return { outcome: 'absent', claim: { kind: absent.kind, name: absent.name } };
  await moveClaims(tx, what);
  await writeEvents(tx, what, head);
  const answer: Answer = {
    journalseq: head + what.events.length,
    version: version + what.events.length,
    result: what.result,
  };
  // As it is stored, so that the first answer and a repeated one are the same text.
  const kept: Array<{ answer: Answer }> = await tx.query(
    'insert into custody.journal_command (workspace, id, name, digest, answer) values ($1, $2, $3, $4, $5) returning answer',
    [workspace, commandId, commandName, digest, JSON.stringify(answer)],
  );
  return { outcome: 'appended', answer: kept[0]?.answer ?? answer };
}
