import { Fault } from '@runledger/kernel';
import type { DataSource, EntityManager } from 'typeorm';

/** The right to move one group's offset in one partition, until somebody takes it with a higher epoch. */
export type Lease = Readonly<{ group: string; topic: string; partition: number; epoch: number; nextOffset: number }>;

/** Takes the partition from whoever had it. From now on the old holder's writes fail (see moveOffset). */
export async function takeLease(
  source: DataSource,
  place: Pick<Lease, 'group' | 'topic' | 'partition'>,
  holder: string,
): Promise<Lease> {
  const rows: Array<{ epoch: string; next_offset: string }> = await source.query(
    `insert into custody.lease (group_name, topic, partition, epoch, holder) values ($1, $2, $3, 1, $4)
     on conflict (group_name, topic, partition) do update set epoch = lease.epoch + 1, holder = excluded.holder
     returning epoch, next_offset`,
    [place.group, place.topic, place.partition, holder],
  );
  return { ...place, epoch: Number(rows[0]?.epoch), nextOffset: Number(rows[0]?.next_offset) };
}

/** The lease as it stands now, after an outcome that is not known. @throws Fault conflict POSTGRES_LOST_LEASE */
export async function renewLease(source: DataSource, lease: Lease): Promise<Lease> {
  const rows: Array<{ next_offset: string }> = await source.query(
    'select next_offset from custody.lease where group_name = $1 and topic = $2 and partition = $3 and epoch = $4',
    [lease.group, lease.topic, lease.partition, lease.epoch],
  );
  if (rows[0] === undefined) throw lostLease(lease);
  return { ...lease, nextOffset: Number(rows[0].next_offset) };
}

export const lostLease = (lease: Lease): Fault =>
  new Fault('conflict', 'POSTGRES_LOST_LEASE', 'another consumer has taken this partition', { context: { ...lease } });

/**
 * Moves the offset inside the caller's transaction: a compare-and-set on epoch and previous offset.
 * @throws Fault conflict POSTGRES_LOST_LEASE: this consumer is a zombie, and must stop
 */
export async function moveOffset(tx: EntityManager, lease: Lease, to: number): Promise<Lease> {
  const rows: unknown[] = await tx.query(
    `with moved as (
       update custody.lease set next_offset = $6
       where group_name = $1 and topic = $2 and partition = $3 and epoch = $4 and next_offset = $5
       returning 1)
     select 1 from moved`,
    [lease.group, lease.topic, lease.partition, lease.epoch, lease.nextOffset, to],
  );
  if (rows.length === 0) throw lostLease(lease);
  return { ...lease, nextOffset: to };
}
