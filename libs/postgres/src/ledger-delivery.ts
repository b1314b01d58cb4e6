import type { DataSource } from 'typeorm';

/** A published checkpoint that a sink does not have yet. `note` is what was signed, verbatim. */
export type Undelivered = Readonly<{ workspace: string; size: number; note: string }>;

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
export async function markDelivered(source: DataSource, sink: string, { workspace, size }: Undelivered): Promise<void> {
  await source.query(
    `insert into custody.ledger_delivery as d (sink, workspace, size) values ($1, $2, $3)
     on conflict (sink, workspace) do update set size = excluded.size, delivered_at = clock_timestamp()
     where d.size < excluded.size`,
    [sink, workspace, size],
  );
}
