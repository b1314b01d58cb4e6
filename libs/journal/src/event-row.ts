import type { JournalEvent } from '@runledger/contracts';

/** A row of custody.journal_event as the driver gives it. */
export type EventRow = Omit<JournalEvent, 'journalseq' | 'time' | 'recordedtime'> &
  Readonly<{ journalseq: string; time: Date; recordedtime: Date }>;

export const toEvent = (row: EventRow): JournalEvent => ({
  ...row,
  journalseq: Number(row.journalseq),
  time: row.time.toISOString(),
  recordedtime: row.recordedtime.toISOString(),
});
