import type { DataSource } from 'typeorm';

/** A published checkpoint that a sink does not have yet. `note` is what was signed, verbatim. */
export type Undelivered = Readonly<{ workspace: string; size: number; note: string }>;
export type SinkKind = 'folder' | 'url' | 'bucket' | 'witness';
/** Where checkpoints go; what was delivered is remembered under the name. */
export type SinkName = Readonly<{ name: string; kind: SinkKind }>;
/** How it stands with one sink of a log. Times are ms since 1970; `fault` is the code of what went wrong since. */
export type Delivery = Readonly<{
  sink: string;
  kind: SinkKind | null;
  size: number;
  deliveredAt: number | null;
  fault: string | null;
  failingSince: number | null;
}>;

/** The newest published checkpoint of each workspace of which the sink has none, or a smaller one. */
export async function undelivered(source: DataSource, sink: string): Promise<Undelivered[]> {
  const rows: Array<{ workspace: string; size: string; note: string }> = await source.query(
    `select l.workspace, c.size, c.note from custody.ledger_log l
     join custody.ledger_checkpoint c on c.workspace = l.workspace and c.size = l.published
     left join custody.ledger_delivery d on d.sink = $1 and d.workspace = l.workspace
     where d.size is null or d.size < l.published order by l.workspace`,
    [sink],
  );
  return rows.map((row) => ({ ...row, size: Number(row.size) }));
}

/** Remembers that the sink has it. */
export async function markDelivered(
  source: DataSource,
  { name, kind }: SinkName,
  { workspace, size }: Undelivered,
): Promise<void> {
  await source.query(
    `insert into custody.ledger_delivery as d (sink, kind, workspace, size) values ($1, $2, $3, $4)
     on conflict (sink, workspace) do update
       set size = excluded.size, kind = excluded.kind, delivered_at = clock_timestamp(), fault = null, failing_since = null
     where d.size < excluded.size`,
    [name, kind, workspace, size],
  );
}

/** Remembers that the sink did not take what is newest. A size of 0: it has none yet. */
export async function markFailed(
  source: DataSource,
  { name, kind }: SinkName,
  workspace: string,
  fault: string,
): Promise<void> {
  await source.query(
    `insert into custody.ledger_delivery as d (sink, kind, workspace, size, fault, failing_since)
     values ($1, $2, $3, 0, $4, clock_timestamp())
     on conflict (sink, workspace) do update set kind = excluded.kind, fault = excluded.fault,
       failing_since = coalesce(d.failing_since, excluded.failing_since)`,
    [name, kind, workspace, fault],
  );
}

/** How it stands with each sink of a log, also with those that are not set any more. */
export async function deliveriesOf(source: DataSource, workspace: string): Promise<Delivery[]> {
  const rows: Array<
    Omit<Delivery, 'size' | 'deliveredAt' | 'failingSince'> & { size: string; at: string; since: string | null }
  > = await source.query(
    `select sink, kind, size, fault, (extract(epoch from delivered_at) * 1000)::bigint as at,
         (extract(epoch from failing_since) * 1000)::bigint as since
       from custody.ledger_delivery where workspace = $1 order by kind, sink`,
    [workspace],
  );
  return rows.map(({ sink, kind, size, fault, at, since }) => ({
    sink,
    kind,
    size: Number(size),
    deliveredAt: Number(size) === 0 ? null : Number(at),
    fault,
    failingSince: since === null ? null : Number(since),
  }));
}

/** What a witness signed. `line` stands below the checkpoint; `time` is when it says that it signed, seconds since 1970. */
export type Cosignature = Readonly<{ workspace: string; size: number; witness: string; line: string; time: number }>;

/** Keeps it beside the checkpoint; a later one for the same size stands instead of it. */
export async function keepCosignature(
  source: DataSource,
  { workspace, size, witness, line, time }: Cosignature,
): Promise<void> {
  await source.query(
    `insert into custody.ledger_cosignature (workspace, size, witness, line, signed_at)
     values ($1, $2, $3, $4, to_timestamp($5))
     on conflict (workspace, size, witness) do update set line = excluded.line, signed_at = excluded.signed_at`,
    [workspace, size, witness, line, time],
  );
}

/** The largest checkpoint that the witness has signed, 0 where it has none. */
export async function sizeCosigned(source: DataSource, witness: string, workspace: string): Promise<number> {
  const [row]: Array<{ size: string | null }> = await source.query(
    'select max(size) as size from custody.ledger_cosignature where witness = $1 and workspace = $2',
    [witness, workspace],
  );
  return Number(row?.size ?? 0);
}
