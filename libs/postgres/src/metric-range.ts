import type { DataSource, EntityManager } from 'typeorm';
import { type Lease, lostLease, moveOffset } from './lease';

/** A range of one partition of the metrics topic that becomes one part of the series table (design: range protocol). */
export type MetricRange = Readonly<{
  partition: number;
  /** Offsets, both inclusive. */
  first: number;
  last: number;
  /** Offsets inside that are not stored: repeats, and records set aside. */
  dropped: readonly number[];
  rowCount: number;
  digest: string;
  projectionVersion: number;
  queryId: string;
}>;

/** What a writer gains when a range is done. */
export type ReceiptGain = Readonly<{ writer: number; from: number; to: number; points: number }>;

/** Done ranges that are kept behind the newest one of a partition, for whoever looks into an incident. */
const KEPT_RANGES = 1_000;

/** Locks the lease until the transaction ends. @throws Fault conflict POSTGRES_LOST_LEASE */
export async function lockLease(tx: EntityManager, lease: Lease): Promise<void> {
  const rows: unknown[] = await tx.query(
    `select 1 from custody.lease
     where group_name = $1 and topic = $2 and partition = $3 and epoch = $4 and next_offset = $5 for update`,
    [lease.group, lease.topic, lease.partition, lease.epoch, lease.nextOffset],
  );
  if (rows.length === 0) throw lostLease(lease);
}

/** Whether the lease still holds, at this moment. */
export async function holdsLease(source: DataSource, lease: Lease): Promise<boolean> {
  const rows: unknown[] = await source.query(
    'select 1 from custody.lease where group_name = $1 and topic = $2 and partition = $3 and epoch = $4',
    [lease.group, lease.topic, lease.partition, lease.epoch],
  );
  return rows.length > 0;
}

/** Step 1, in the caller's transaction, which has locked the lease. */
export async function storeRange(tx: EntityManager, lease: Lease, range: MetricRange): Promise<void> {
  await tx.query(
    `insert into custody.metric_range
       (partition, first_offset, last_offset, epoch, dropped, row_count, digest, projection_version, query_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      range.partition,
      range.first,
      range.last,
      lease.epoch,
      range.dropped,
      range.rowCount,
      range.digest,
      range.projectionVersion,
      range.queryId,
    ],
  );
}

/** The range of a partition that was stored and never done, if there is one: there is never a second. */
export async function pendingRange(source: DataSource, partition: number): Promise<MetricRange | null> {
  const rows: Array<Record<string, string> & { dropped: string[] }> = await source.query(
    `select first_offset, last_offset, dropped, row_count, digest, projection_version, query_id
     from custody.metric_range where partition = $1 and not done`,
    [partition],
  );
  const row = rows[0];
  if (row === undefined) return null;
  return {
    partition,
    first: Number(row['first_offset']),
    last: Number(row['last_offset']),
    dropped: row.dropped.map(Number),
    rowCount: Number(row['row_count']),
    digest: String(row['digest']),
    projectionVersion: Number(row['projection_version']),
    queryId: String(row['query_id']),
  };
}

/** Step 3: range done, receipts and offset moved, in one transaction. Answers the moved lease. */
export async function finishRange(
  tx: EntityManager,
  lease: Lease,
  range: Pick<MetricRange, 'partition' | 'first' | 'last'>,
  gains: readonly ReceiptGain[],
): Promise<Lease> {
  const moved = await moveOffset(tx, lease, range.last + 1);
  await tx.query('update custody.metric_range set done = true where partition = $1 and first_offset = $2', [
    range.partition,
    range.first,
  ]);
  if (gains.length > 0)
    await tx.query(
      `update custody.writer_receipt r set stored = r.stored + g.ranges, points = r.points + g.points
       from (select writer, range_agg(int8range(lower, upper)) as ranges, sum(points) as points
             from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) as u(writer, lower, upper, points)
             group by writer) g
       where r.number = g.writer`,
      [gains.map((g) => g.writer), gains.map((g) => g.from), gains.map((g) => g.to), gains.map((g) => g.points)],
    );
  await tx.query(
    `delete from custody.metric_range where partition = $1 and done and first_offset < (
       select first_offset from custody.metric_range where partition = $1 and done
       order by first_offset desc offset $2 limit 1)`,
    [range.partition, KEPT_RANGES],
  );
  return moved;
}
