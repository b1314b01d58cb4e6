import type { DataSource, EntityManager } from 'typeorm';

type Queryable = Pick<DataSource | EntityManager, 'query'>;

/** A condition that a webhook looks for; `watch` is another number whenever that is another one. */
export type Watch = Readonly<{ workspace: string; webhook: string; watch: number; condition: string }>;

/** The first point of a run at which a watch's condition holds. */
export type CrossedPoint = Readonly<{
  watch: Watch;
  run: string;
  /** The log's time, ms since 1970. */
  recordedAt: number;
  partition: number;
  offset: number;
  ordinal: number;
  key: string;
  step: bigint;
  time: bigint;
  value: number;
}>;

/** What is looked for in these workspaces now. A webhook that is disabled looks for nothing, a paused one does. */
export async function readWatches(source: Queryable, workspaces: readonly string[]): Promise<Watch[]> {
  const rows: Array<Omit<Watch, 'watch'> & { watch: string }> = await source.query(
    `select workspace, webhook, watch, condition from custody.webhook_endpoint
     where workspace = any($1::text[]) and condition is not null and status <> 'disabled' order by workspace, webhook`,
    [workspaces],
  );
  return rows.map(({ watch, ...row }) => ({ ...row, watch: Number(watch) }));
}

/** The runs of those asked for of which these webhooks know that their condition held. */
export async function crossedBefore(
  source: Queryable,
  watches: readonly Watch[],
  runs: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows: Array<{ webhook: string; watch: string; run: string }> = await source.query(
    `select c.webhook, c.watch, c.run
     from unnest($1::text[], $2::text[], $3::int8[]) as w (workspace, webhook, watch)
     join custody.webhook_crossing c using (workspace, webhook, watch) where c.run = any($4::text[])`,
    [
      watches.map(({ workspace }) => workspace),
      watches.map(({ webhook }) => webhook),
      watches.map(({ watch }) => watch),
      runs,
    ],
  );
  return new Set(rows.map(({ webhook, watch, run }) => crossingName({ webhook, watch: Number(watch) }, run)));
}
export const crossingName = ({ webhook, watch }: Pick<Watch, 'webhook' | 'watch'>, run: string): string =>
  `${webhook}/${watch}/${run}`;

const float = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

/** Each run once for each watch: what is found a second time changes nothing. */
export async function noteCrossings(tx: Queryable, crossed: readonly CrossedPoint[]): Promise<void> {
  if (crossed.length === 0) return;
  await tx.query(
    `insert into custody.webhook_crossing
       (workspace, webhook, watch, run, recorded_at, partition, off, ord, metric, step, time, value)
     select * from unnest($1::text[], $2::text[], $3::int8[], $4::text[], $5::timestamptz[], $6::int4[], $7::int8[], $8::int4[],
       $9::text[], $10::int8[], $11::int8[], $12::float8[]) on conflict do nothing`,
    [
      crossed.map(({ watch }) => watch.workspace),
      crossed.map(({ watch }) => watch.webhook),
      crossed.map(({ watch }) => watch.watch),
      crossed.map(({ run }) => run),
      crossed.map(({ recordedAt }) => new Date(recordedAt).toISOString()),
      crossed.map(({ partition }) => partition),
      crossed.map(({ offset }) => offset),
      crossed.map(({ ordinal }) => ordinal),
      crossed.map(({ key }) => key),
      crossed.map(({ step }) => step.toString()),
      crossed.map(({ time }) => time.toString()),
      crossed.map(({ value }) => float(value)),
    ],
  );
}

/** What was found by watches before this one is asked for by nobody any more. */
export async function forgetCrossings(tx: Queryable, workspace: string, webhook: string, watch: number): Promise<void> {
  await tx.query('delete from custody.webhook_crossing where workspace = $1 and webhook = $2 and watch < $3', [
    workspace,
    webhook,
    watch,
  ]);
}
