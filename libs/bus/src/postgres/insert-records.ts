import type { LogRecord } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import type { Client } from 'pg';
import type { Unmoved } from '../log';

/** Records of one partition that become neighbours in the log. */
export type Stretch = Readonly<{ topic: string; partition: number; records: readonly LogRecord[] }>;
/** Stored if nothing of what it was decided on has moved. */
export type Conditional = Stretch & Readonly<{ since: readonly Unmoved[] }>;
/** Where a stretch begins, and when it was appended (ms since 1970). */
export type Placed = Readonly<{ first: number; appended: number }>;

type Variant = Readonly<{ ifLocked: 'wait' | 'skip locked'; isConditional: boolean }>;

/**
 * Stretches for which something has moved by the time of the statement, which is later than that of the request: whatever was
 * acknowledged before the request is seen. The journal's table is that of libs/journal, in the same database.
 */
const FORESTALLED = `
  forestalled as (
    select s.stretch
    from unnest($10::int[], $11::text[], $12::int[], $13::bigint[], $14::text[], $15::bigint[])
      s (stretch, topic, partition, most, workspace, decided)
    where exists (
        select from custody.log_partition p
        where p.topic = s.topic and p.partition = s.partition and p.next_offset > s.most)
      or exists (select from custody.journal_head h where h.workspace = s.workspace and h.journalseq > s.decided)),`;

/**
 * One statement, so that it commits without another word from us: a process that is stopped in the middle holds no lock.
 * Partitions are locked in the order of their names, so that two of these never wait for each other, and stay locked
 * until the commit: offsets have no gaps, and whoever sees an offset has seen all before it.
 */
const insertSql = ({ ifLocked, isConditional }: Variant): string => `
  with wanted (stretch, topic, partition, n) as (select * from unnest($1::int[], $2::text[], $3::int[], $4::int[])),
  ${isConditional ? FORESTALLED : ''}
  locked as (
    select w.stretch, p.topic, p.partition, p.next_offset as first, w.n
    from custody.log_partition p join wanted w on w.topic = p.topic and w.partition = p.partition
    ${isConditional ? 'where w.stretch not in (select stretch from forestalled)' : ''}
    order by p.topic, p.partition for update of p ${ifLocked === 'wait' ? '' : ifLocked}),
  moved as (
    update custody.log_partition p set next_offset = l.first + l.n,
      -- A clock that was set back does not set the log's times back: they are searched by halves.
      appended = greatest(p.appended, date_trunc('milliseconds', clock_timestamp()))
    from locked l where p.topic = l.topic and p.partition = l.partition
    returning l.stretch, p.topic, p.partition, l.first, p.next_offset, p.appended),
  made as (
    insert into custody.log_record (topic, partition, off, appended, key, headers, value)
    select m.topic, m.partition, m.first + r.place, m.appended, r.key, r.headers::jsonb, r.value
    from unnest($5::int[], $6::int[], $7::text[], $8::text[], $9::bytea[]) r (stretch, place, key, headers, value)
    join moved m on m.stretch = r.stretch)
  select stretch, first, (extract(epoch from appended) * 1000)::bigint as appended,
    (select pg_notify('runledger_log', string_agg(topic || '/' || partition || '/' || next_offset, ' ')) from moved)
  from moved`;

const TEXT = 25;
const BYTEA = 17;

/** A one-dimensional array in Postgres' binary format (array_send): bytes go as they are, without hex or quoting. */
function binaryArray(type: number, items: readonly Uint8Array[]): Buffer {
  const size = items.reduce((sum, item) => sum + 4 + item.length, 20);
  const out = Buffer.allocUnsafe(size);
  let at = out.writeInt32BE(items.length > 0 ? 1 : 0, 0); // dimensions
  at = out.writeInt32BE(0, at); // no nulls
  at = out.writeInt32BE(type, at);
  at = out.writeInt32BE(items.length, at);
  at = out.writeInt32BE(1, at); // lower bound
  for (const item of items) {
    at = out.writeInt32BE(item.length, at);
    out.set(item, at);
    at += item.length;
  }
  return out;
}

const utf8 = (text: string): Buffer => Buffer.from(text);

const variant = (name: string, of: Variant) => ({ name, text: insertSql(of) });
const PLAIN = {
  waiting: variant('log.insert', { ifLocked: 'wait', isConditional: false }),
  skipping: variant('log.insert-free', { ifLocked: 'skip locked', isConditional: false }),
};
const CONDITIONAL = {
  waiting: variant('log.insert-unmoved', { ifLocked: 'wait', isConditional: true }),
  skipping: variant('log.insert-free-unmoved', { ifLocked: 'skip locked', isConditional: true }),
};

/** What each stretch was decided on, as columns. */
function conditionsOf(stretches: readonly Conditional[]): unknown[] {
  const all = stretches.flatMap(({ since }, stretch) => since.map((one) => ({ stretch, ...one })));
  if (all.length === 0) return [];
  return [
    all.map(({ stretch }) => stretch),
    all.map(({ end }) => end.topic),
    all.map(({ end }) => end.partition),
    all.map(({ end }) => end.offset),
    all.map(({ workspace }) => workspace),
    all.map(({ decided }) => decided),
  ];
}

/**
 * Stores stretches, at most one a partition, in one transaction. A single one waits for its partition. Of several, those
 * whose partition somebody else has locked are left out, so that the others need not wait for it: they have no place. Nor
 * has one for which something has moved.
 */
export async function insertRecords(
  client: Client,
  stretches: readonly Conditional[],
): Promise<ReadonlyArray<Placed | undefined>> {
  const isSingle = stretches.length === 1;
  const records = stretches.flatMap((stretch) => stretch.records);
  const conditions = conditionsOf(stretches);
  const { waiting, skipping } = conditions.length > 0 ? CONDITIONAL : PLAIN;
  const { rows } = await client.query<{ stretch: number; first: string; appended: string }>({
    ...(isSingle ? waiting : skipping),
    values: [
      stretches.map((_, i) => i),
      stretches.map((stretch) => stretch.topic),
      stretches.map((stretch) => stretch.partition),
      stretches.map((stretch) => stretch.records.length),
      stretches.flatMap((stretch, i) => stretch.records.map(() => i)),
      stretches.flatMap((stretch) => stretch.records.map((_, place) => place)),
      binaryArray(
        TEXT,
        records.map((record) => utf8(record.key)),
      ),
      binaryArray(
        TEXT,
        records.map((record) => utf8(JSON.stringify(record.headers))),
      ),
      binaryArray(
        BYTEA,
        records.map((record) => record.value),
      ),
      ...conditions,
    ],
  });
  const placed = new Map(
    rows.map((row) => [row.stretch, { first: Number(row.first), appended: Number(row.appended) }]),
  );
  return stretches.map((stretch, i) => {
    const place = placed.get(i);
    if (place !== undefined || !isSingle || stretch.since.length > 0) return place;
    throw new Fault('bug', 'BUS_NO_PARTITION', `the log has no partition ${stretch.partition} of ${stretch.topic}`);
  });
}
