import type { ArchivedRange } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import type { DataSource } from 'typeorm';

/** What became of a range since it was written; ISO 8601. */
export type KeptRange = ArchivedRange &
  Readonly<{ archivedAt: string; verifiedAt: string | null; droppedAt: string | null }>;
/** How far a partition of the log is archived, and how far it was taken out of the log. */
export type ArchiveStanding = Readonly<{
  topic: string;
  partition: number;
  /** Offsets behind the last one. */
  archivedTo: number;
  droppedTo: number;
  ranges: number;
  bytes: number;
  lastArchivedAt: string;
  /** When the range that was looked at the longest ago was verified; null: one never was. */
  verifiedAt: string | null;
  lastDroppedAt: string | null;
}>;

type Row = Readonly<Record<string, string | number | Date | null>>;

const time = (value: unknown): string => (value as Date).toISOString();
const timeOrNull = (value: unknown): string | null => (value === null ? null : time(value));

const rangeOf = (row: Row): KeptRange => ({
  incarnation: String(row['incarnation']),
  topic: String(row['topic']),
  partition: Number(row['partition']),
  first: Number(row['first']),
  next: Number(row['next']),
  bytes: Number(row['bytes']),
  digest: String(row['digest']),
  previous: row['previous'] === null ? null : String(row['previous']),
  firstAt: (row['first_at'] as Date).getTime(),
  lastAt: (row['last_at'] as Date).getTime(),
  archivedAt: time(row['archived_at']),
  verifiedAt: timeOrNull(row['verified_at']),
  droppedAt: timeOrNull(row['dropped_at']),
});

const PAGE = 500;

/** The ranges of the log that an archive keeps, as custody has them: what is read from there is believed by these digests alone. */
export const createArchiveRanges = (source: DataSource) => {
  const some = async (where: string, params: readonly unknown[]): Promise<KeptRange[]> => {
    const rows: Row[] = await source.query(`select * from custody.log_archive where ${where}`, [...params]);
    return rows.map(rangeOf);
  };
  const one = async (where: string, params: readonly unknown[]): Promise<KeptRange | null> =>
    (await some(`${where} limit 1`, params))[0] ?? null;

  return {
    /** The range that has an offset, or null. */
    at: async (topic: string, partition: number, offset: number): Promise<ArchivedRange | null> => {
      const found = await one('topic = $1 and partition = $2 and first <= $3 order by first desc', [
        topic,
        partition,
        offset,
      ]);
      return found !== null && offset < found.next ? found : null;
    },

    /** The first range with a record that was appended after `time` (ms since 1970), or null. */
    after: (topic: string, partition: number, time: number): Promise<ArchivedRange | null> =>
      one(`topic = $1 and partition = $2 and last_at > to_timestamp($3::float8 / 1000) order by first`, [
        topic,
        partition,
        time,
      ]),

    last: (topic: string, partition: number): Promise<KeptRange | null> =>
      one('topic = $1 and partition = $2 order by first desc', [topic, partition]),

    /** Ranges of a partition, in order. */
    async *of(topic: string, partition: number): AsyncGenerator<KeptRange> {
      for (let from = 0; ; ) {
        const page = await some(`topic = $1 and partition = $2 and first >= $3 order by first limit ${PAGE}`, [
          topic,
          partition,
          from,
        ]);
        yield* page;
        if (page.length < PAGE) return;
        from = page.at(-1)?.next ?? 0;
      }
    },

    /** Those that were not taken out of the log yet, in order. */
    undropped: (topic: string, partition: number): Promise<KeptRange[]> =>
      some('topic = $1 and partition = $2 and dropped_at is null order by first', [topic, partition]),

    /**
     * Adds the range that follows the last one of its partition.
     * @throws Fault conflict POSTGRES_ARCHIVE_MOVED: another process has added one, and this one must look again
     */
    async append(range: ArchivedRange): Promise<void> {
      const rows: unknown[] = await source.query(
        `insert into custody.log_archive
           (topic, partition, first, next, incarnation, bytes, digest, previous, first_at, last_at)
         select $1, $2, $3::bigint, $4::bigint, $5, $6::bigint, $7, $8,
           to_timestamp($9::float8 / 1000), to_timestamp($10::float8 / 1000)
         where ($3::bigint = 0 or exists (
             select from custody.log_archive where topic = $1 and partition = $2 and next = $3::bigint and digest = $8))
         on conflict do nothing returning 1`,
        [
          range.topic,
          range.partition,
          range.first,
          range.next,
          range.incarnation,
          range.bytes,
          range.digest,
          range.previous,
          range.firstAt,
          range.lastAt,
        ],
      );
      if (rows.length === 0)
        throw new Fault('conflict', 'POSTGRES_ARCHIVE_MOVED', 'another process archives this partition');
    },

    /** Its file was read back, and is whole. */
    async verified({ topic, partition, first }: ArchivedRange): Promise<void> {
      await source.query(
        `update custody.log_archive set verified_at = clock_timestamp() where topic = $1 and partition = $2 and first = $3`,
        [topic, partition, first],
      );
    },

    /** All up to the offset are taken out of the log. */
    async dropped(topic: string, partition: number, before: number): Promise<void> {
      await source.query(
        `update custody.log_archive set dropped_at = clock_timestamp()
         where topic = $1 and partition = $2 and next <= $3 and dropped_at is null`,
        [topic, partition, before],
      );
    },

    /** Whether anything was taken out of the log: then nobody may read it without the archive. */
    async isNeeded(): Promise<boolean> {
      const [known]: Array<{ table: string | null }> = await source.query(
        `select to_regclass('custody.log_archive') as table`,
      );
      if ((known?.table ?? null) === null) return false; // not migrated yet: nothing was
      const rows: unknown[] = await source.query(
        'select 1 from custody.log_archive where dropped_at is not null limit 1',
      );
      return rows.length > 0;
    },

    async standings(): Promise<ArchiveStanding[]> {
      const rows: Row[] = await source.query(
        `select topic, partition, max(next) as archived_to, coalesce(max(next) filter (where dropped_at is not null), 0) as dropped_to,
           count(*) as ranges, sum(bytes) as bytes, max(archived_at) as archived_at,
           case when bool_and(verified_at is not null) then min(verified_at) end as verified_at, max(dropped_at) as dropped_at
         from custody.log_archive group by 1, 2 order by 1, 2`,
      );
      return rows.map((row) => ({
        topic: String(row['topic']),
        partition: Number(row['partition']),
        archivedTo: Number(row['archived_to']),
        droppedTo: Number(row['dropped_to']),
        ranges: Number(row['ranges']),
        bytes: Number(row['bytes']),
        lastArchivedAt: time(row['archived_at']),
        verifiedAt: timeOrNull(row['verified_at']),
        lastDroppedAt: timeOrNull(row['dropped_at']),
      }));
    },
  };
};
export type ArchiveRanges = ReturnType<typeof createArchiveRanges>;
