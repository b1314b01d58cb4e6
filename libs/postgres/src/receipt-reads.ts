import type { Reach } from '@runledger/contracts';
import type { DataSource } from 'typeorm';
import { reachedAmong } from './reach-sql';

/** Sequences from `first` up to and including `last`. */
export type SequenceRange = Readonly<{ first: number; last: number }>;

/** What is known of one writer of a run, in one topic. */
export type WriterReceipt = Readonly<{
  topic: string;
  writer: string;
  /** Batches stored, as ranges in order. */
  stored: readonly SequenceRange[];
  /** Points stored; null where the topic has none. */
  points: number | null;
  /** What the writer said that it had sent when it closed, or null while it has not. */
  closed: Readonly<{ batches: number; points: number }> | null;
}>;

type Row = {
  topic: string;
  writer: string;
  first: string[];
  last: string[];
  points: string | null;
  closed_batches: string | null;
  closed_points: string | null;
};

function receiptOf(row: Row): WriterReceipt {
  const { topic, writer, points, closed_batches, closed_points } = row;
  return {
    topic,
    writer,
    stored: row.first.map((first, i) => ({ first: Number(first), last: Number(row.last[i]) })),
    points: points === null ? null : Number(points),
    closed: closed_batches === null ? null : { batches: Number(closed_batches), points: Number(closed_points) },
  };
}

export type ReceiptQuestion = Readonly<{
  workspace: string;
  run: string;
  /** The last one of the page before. */
  after?: Readonly<{ topic: string; writer: string }> | undefined;
  limit: number;
}>;

/** Receipts of metrics are custody, those of facts belong to the read schema, and what was sent is a fact as well. */
const SQL = `
  with receipt as (
    select topic, writer collate "C" as writer, stored, points
    from custody.writer_receipt where workspace = $1 and run = $2
    union all
    select topic, writer, stored, null from read.writer_receipt where workspace = $1 and run = $2
  ), closed as (
    select topic, writer, batches, points from read.writer_closed
    where workspace = $1 and run = $2
  )
  select coalesce(r.topic, c.topic) as topic, coalesce(r.writer, c.writer) as writer, r.points,
    array(select lower(x) from unnest(r.stored) as x) as first,
    array(select upper(x) - 1 from unnest(r.stored) as x) as last,
    c.batches as closed_batches, c.points as closed_points
  from receipt r full join closed c on c.topic = r.topic and c.writer = r.writer
  where $3::text is null or (coalesce(r.topic, c.topic) collate "C", coalesce(r.writer, c.writer)) > ($3, $4)
  order by coalesce(r.topic, c.topic) collate "C", coalesce(r.writer, c.writer)
  limit $5`;

/** A receipt that something is missing from, of any run. */
export type GapReceipt = WriterReceipt & Readonly<{ run: string; name: string | null }>;
export type GapPlace = Readonly<{ run: string; topic: string; writer: string }>;

/** What `receiptOf` of the query service counts as missing: inner gaps, and of a closed writer all that is not stored. */
const gapsSql = (reached: string): string => `
  with receipt as (
    select run collate "C" as run, topic, writer collate "C" as writer, stored, points
    from custody.writer_receipt where workspace = $1
    union all
    select run, topic, writer, stored, null from read.writer_receipt where workspace = $1
  ), closed as (
    select run, topic, writer, batches, points from read.writer_closed where workspace = $1
  ), both_sides as (
    select coalesce(r.run, c.run) as run, coalesce(r.topic, c.topic) collate "C" as topic,
      coalesce(r.writer, c.writer) as writer, r.points, coalesce(r.stored, '{}'::int8multirange) as stored,
      c.batches, c.points as closed_points
    from receipt r full join closed c on c.run = r.run and c.topic = r.topic and c.writer = r.writer
  )
  select b.run, n.name, b.topic, b.writer, b.points,
    array(select lower(x) from unnest(b.stored) as x) as first,
    array(select upper(x) - 1 from unnest(b.stored) as x) as last,
    b.batches as closed_batches, b.closed_points
  from both_sides b left join read.run n on n.workspace = $1 and n.run = b.run and n.to_off is null
  where int8multirange(int8range(0, coalesce(b.batches, upper(b.stored), 0))) - b.stored <> '{}'
    and ${reached}
    and ($2::text is null or (b.run, b.topic, b.writer) > ($2, $3, $4))
  order by b.run, b.topic, b.writer
  limit $5`;

/** Receipts of a run's writers, by topic and writer. */
export const createReceiptReads = (source: DataSource) => ({
  async page({ workspace, run, after, limit }: ReceiptQuestion): Promise<WriterReceipt[]> {
    const rows: Row[] = await source.query(SQL, [workspace, run, after?.topic ?? null, after?.writer ?? null, limit]);
    return rows.map(receiptOf);
  },

  /** Receipts within reach that something is missing from, by run, topic and writer. */
  async gaps(reach: Reach, limit: number, after?: GapPlace): Promise<GapReceipt[]> {
    const place = [after?.run ?? null, after?.topic ?? null, after?.writer ?? null];
    const params: unknown[] = [reach.workspace, ...place, limit];
    const sql = gapsSql(reachedAmong('n.project', reach, params));
    const rows: Array<Row & Pick<GapReceipt, 'run' | 'name'>> = await source.query(sql, params);
    return rows.map((row) => ({ ...receiptOf(row), run: row.run, name: row.name }));
  },
});
export type ReceiptReads = ReturnType<typeof createReceiptReads>;
