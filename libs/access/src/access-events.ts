import { ACCESS_DECISIONS, type DecisionOf, type EventSpec, readEvent, type StoredEvent } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';

export type AccessEvent = DecisionOf<typeof ACCESS_DECISIONS>;

/** As the index of them says it (custody.journal_event_of_access). */
export const IS_ACCESS_EVENT = `type ~ '^(service-account|key|grant|access|session|trust|local-account)[.]'`;

/** Those of them that change who may what. The others are told, and not folded. */
export const CHANGES_ACCESS = `${IS_ACCESS_EVENT} and type !~ '^(access|session|local-account)[.]'`;

/**
 * A kind of decision that this release does not know may take something away from somebody: to leave it out would be to let him in.
 * @throws Fault bug ACCESS_UNKNOWN_DECISION, and those of readEvent
 */
export function readAccessEvent(event: StoredEvent): AccessEvent {
  const specs: Readonly<Record<string, EventSpec>> = ACCESS_DECISIONS;
  const spec = Object.hasOwn(specs, event.type) ? specs[event.type] : undefined;
  if (spec === undefined)
    throw new Fault(
      'bug',
      'ACCESS_UNKNOWN_DECISION',
      `the journal holds ${event.type}, which this release cannot read`,
    );
  return readEvent(spec, event) as AccessEvent;
}
