import type { JournalEvent } from '@runledger/contracts';
import type { DataSource } from 'typeorm';
import { type EventRow, toEvent } from './event-row';
import { asFault } from './postgres-fault';

/** Which decided events of a workspace; what is absent narrows nothing. */
export type EventFilter = Readonly<{
  subject?: string | undefined;
  actor?: string | undefined;
  /** ms since 1970, both inclusive. */
  from?: number | undefined;
  to?: number | undefined;
  /** Beginnings of subjects that are left out. */
  without: readonly string[];
  /** Only events with a smaller number. */
  before?: number | undefined;
  limit: number;
}>;

/** The journal as people look back at it. Throws what the Journal throws. */
export type JournalReads = Readonly<{
  /** Events of a workspace, the newest first. */
  listEvents(workspace: string, filter: EventFilter): Promise<JournalEvent[]>;
  /** A stream from its first event up to that version, inclusive. */
  streamUpTo(workspace: string, subject: string, version: number): Promise<JournalEvent[]>;
  /** The events of these numbers; those that are not there are left out. In any order. */
  eventsAt(places: ReadonlyArray<Readonly<{ workspace: string; journalseq: number }>>): Promise<JournalEvent[]>;
  /** Events of a workspace behind the first number and up to the second. */
  eventsBetween(workspace: string, after: number, upTo: number): Promise<JournalEvent[]>;
  /** The number of the last event that the relay has published, by workspace. */
  relayed(): Promise<ReadonlyMap<string, number>>;
}>;

const COLUMNS = 'workspace, journalseq, subject, version, id, type, time, dataversion, data, actor, recordedtime';

export function createJournalReads(source: DataSource): JournalReads {
  return {
    listEvents: (workspace, { subject, actor, from, to, without, before, limit }) =>
      asFault(async () => {
        const rows: EventRow[] = await source.query(
          `select ${COLUMNS} from custody.journal_event
           where workspace = $1
             and ($2::text is null or subject = $2) and ($3::text is null or actor = $3)
             and ($4::float8 is null or recordedtime >= to_timestamp($4::float8 / 1000))
             and ($5::float8 is null or recordedtime <= to_timestamp($5::float8 / 1000))
             and not exists (select from unnest($6::text[]) as hidden where starts_with(subject, hidden))
             and ($7::int8 is null or journalseq < $7)
           order by journalseq desc limit $8`,
          [workspace, subject ?? null, actor ?? null, from ?? null, to ?? null, without, before ?? null, limit],
        );
        return rows.map(toEvent);
      }),

    streamUpTo: (workspace, subject, version) =>
      asFault(async () => {
        const rows: EventRow[] = await source.query(
          `select ${COLUMNS} from custody.journal_event
           where workspace = $1 and subject = $2 and version <= $3 order by version`,
          [workspace, subject, version],
        );
        return rows.map(toEvent);
      }),

    eventsAt: (places) =>
      asFault(async () => {
        const rows: EventRow[] = await source.query(
          `select ${COLUMNS} from unnest($1::text[], $2::int8[]) as k (workspace, journalseq)
           join custody.journal_event e using (workspace, journalseq)`,
          [places.map(({ workspace }) => workspace), places.map(({ journalseq }) => journalseq)],
        );
        return rows.map(toEvent);
      }),

    eventsBetween: (workspace, after, upTo) =>
      asFault(async () => {
        const rows: EventRow[] = await source.query(
          `select ${COLUMNS} from custody.journal_event
           where workspace = $1 and journalseq > $2 and journalseq <= $3 order by journalseq`,
          [workspace, after, upTo],
        );
        return rows.map(toEvent);
      }),

    relayed: () =>
      asFault(async () => {
        const rows: Array<{ workspace: string; relayed: string }> = await source.query(
          'select workspace, relayed from custody.journal_head',
        );
        return new Map(rows.map((row) => [row.workspace, Number(row.relayed)]));
      }),
  };
}
