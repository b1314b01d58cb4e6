export type { Answer, Append, Appended, Claim, Journal, NewEvent, Stream } from './journal';
export { openJournal } from './open-journal';
export { type Relay, type RelayParts, startRelay } from './relay';
