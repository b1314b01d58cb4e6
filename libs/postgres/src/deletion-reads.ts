import type { DataSource } from 'typeorm';
import { selectTime } from './columns';

/** Who deleted a run and when, by the log's clock, ms since 1970; and the event that proves it, once the ledger has it. */
export type DeletionRecord = Readonly<{ by: string; at: number; event: string | null }>;

/** The first version in which it is deleted, behind the last in which it was not: it may have been restored, and renamed since. */
const DELETION = `
  with seen as (
    select from_off, from_ord, from_time, from_actor, lifecycle from read.run
    where workspace = $1 and run = $2 and ($3::int8 is null or from_off < $3)
  ), before as (
    select from_off, from_ord from seen where lifecycle <> 'deleted' order by from_off desc, from_ord desc limit 1
  ), deletion as (
    select * from seen
    where not exists (select from before b where (b.from_off, b.from_ord) > (seen.from_off, seen.from_ord))
      and lifecycle = 'deleted'
    order by from_off, from_ord limit 1
  )
  select from_actor as by, ${selectTime('from_time', 'at')},
    (select event from custody.ledger_leaf l where l.workspace = $1 and l.stream = 'run/' || $2
       and (convert_from(l.entry, 'UTF8')::jsonb #>> '{at,offset}')::int8 = from_off
       and (convert_from(l.entry, 'UTF8')::jsonb #>> '{at,ordinal}')::int4 = from_ord) as event
  from deletion`;

/** What is told of a run that somebody deleted. */
export const createDeletionReads = (source: DataSource) => ({
  /** Of one that is deleted. `cut`: the first offset of the run's partition that is not seen; null: all of them are. */
  async deletionOf(
    workspace: string,
    { run, cut }: Readonly<{ run: string; cut: number | null }>,
  ): Promise<DeletionRecord | null> {
    const rows: Array<Omit<DeletionRecord, 'at'> & { at: string }> = await source.query(DELETION, [
      workspace,
      run,
      cut,
    ]);
    const [found] = rows;
    return found === undefined ? null : { ...found, at: Number(found.at) };
  },
});
export type DeletionReads = ReturnType<typeof createDeletionReads>;
