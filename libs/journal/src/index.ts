export type { Answer, Append, Appended, Claim, Journal, NewEvent, Stream, StreamEvent } from './journal';
export { createJournalReads, type EventFilter, type JournalReads } from './journal-reads';
export { openJournal } from './open-journal';
export { type Relay, type RelayParts, startRelay } from './relay';
