import { DECISIONS, isDecisionType, readEvent, type StoredEvent } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';

/** A stored decision at its current version. What cannot be read was not written by this release: the command cannot be decided. */
export function readDecision<Change>(event: StoredEvent): Change {
  if (!isDecisionType(event.type))
    throw new Fault(
      'bug',
      'COMMANDS_UNKNOWN_DECISION',
      `the journal holds ${event.type}, which this release cannot read`,
    );
  return readEvent(DECISIONS[event.type], event) as Change;
}
