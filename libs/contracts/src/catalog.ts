import type { StoredEvent } from './define-event';
import { eventRecord } from './event-batch';
import type { LogRecord } from './log-record';

/** One decided event as the journal holds it. `journalseq` is gapless per workspace, `version` per stream, both from 1. */
export type JournalEvent = StoredEvent &
  Readonly<{
    workspace: string;
    journalseq: number;
    /** The stream, for example `experiment/<id>`. */
    subject: string;
    version: number;
    actor: string;
    recordedtime: string;
  }>;

const SEQ = 'ce_journalseq';

/** The record by which the relay publishes one journal event. */
export function catalogRecord(event: JournalEvent): LogRecord {
  const { id, type, time, dataversion, data } = event;
  const record = eventRecord({
    topic: 'catalog',
    workspace: event.workspace,
    subject: event.subject,
    source: 'runledger/journal',
    actor: event.actor,
    recordedtime: event.recordedtime,
    events: [{ id, type, time, dataversion, data }],
  });
  return { ...record, headers: { ...record.headers, [SEQ]: String(event.journalseq) } };
}

export const journalseqOf = (record: LogRecord): number => Number(record.headers[SEQ]);
