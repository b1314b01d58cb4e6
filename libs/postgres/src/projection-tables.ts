import type { DataSource } from 'typeorm';

/** What is projected, by the name of its consumer group. */
export const PROJECTIONS = ['metadata', 'console', 'series'] as const;
export type Projection = (typeof PROJECTIONS)[number];

/** Tables of the schema `read` that belong to one projection wholly. All that stand nowhere in here are metadata's. */
const WHOLE: Readonly<Record<Exclude<Projection, 'metadata'>, readonly string[]>> = {
  console: ['console_chunk'],
  series: ['run_metric', 'run_writer'],
};
/** Moves at the roller's own pace, and follows from the points. */
const ROLLED = 'rollup_watermark';

const ofSeries = `kind = 'sequence' and name = 'metrics.logged'`;
const ofConsole = `kind in ('event', 'sequence') and name = 'console.written'`;

/** Tables that several projections write to, and which rows are whose. Each row is somebody's: what nobody wrote is found as metadata's. */
export const SHARED_TABLES: Readonly<Record<string, Readonly<Record<Projection, string>>>> = {
  conflict: { metadata: `not (${ofSeries}) and not (${ofConsole})`, console: ofConsole, series: ofSeries },
  writer_receipt: { metadata: `topic <> 'console'`, console: `topic = 'console'`, series: 'false' },
  dead_letter: {
    metadata: `group_name not in ('console', 'series')`,
    console: `group_name = 'console'`,
    series: `group_name = 'series'`,
  },
};

/** Tables that a projection has for itself. */
export async function tablesOf(source: Pick<DataSource, 'query'>, projection: Projection): Promise<readonly string[]> {
  if (projection !== 'metadata') return WHOLE[projection];
  const others = [...Object.values(WHOLE).flat(), ...Object.keys(SHARED_TABLES), ROLLED];
  const rows: Array<{ table: string }> = await source.query(
    `select c.relname as table from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'read' and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> all ($1::text[])
     order by 1`,
    [others],
  );
  return rows.map(({ table }) => table);
}
