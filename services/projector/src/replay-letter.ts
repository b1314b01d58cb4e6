import { type LogRecord, type Recorded, TOPICS } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';

const PLACE = 'replay_of';
const WHOLE_MESSAGE = -1;

/** A message holds many events, of which one was set aside; the others have had their effect. */
function onlyEvent(record: Recorded, ordinal: number): LogRecord {
  const events: unknown = JSON.parse(Buffer.from(record.value).toString());
  const event = Array.isArray(events) ? (events[ordinal] as unknown) : undefined;
  if (event === undefined)
    throw new Fault('missing', 'PROJECTOR_NO_LETTER', 'the log has no such event: was it altered?');
  // Its sequence is stored with the other events of the message. This event is known by its id alone.
  const { ce_writer: _, ce_sequence: __, ...headers } = record.headers;
  return { ...record, headers, value: Buffer.from(JSON.stringify([event])) };
}

/**
 * What is given to the log in place of what was set aside: with its own ids and, where none of it was applied, with its
 * writer and sequence, so that it has no second effect. It says which record it repeats.
 * @throws Fault conflict PROJECTOR_LETTER_IS_NUMBERED, missing PROJECTOR_NO_LETTER
 */
export function replayOf(record: Recorded, ordinal: number): LogRecord {
  if (record.topic === TOPICS.catalog.name)
    throw new Fault(
      'conflict',
      'PROJECTOR_LETTER_IS_NUMBERED',
      'a decision has its place in the journal and cannot come later: rebuild metadata with a release that can read it',
    );
  const { topic, key, headers, value } = ordinal === WHOLE_MESSAGE ? record : onlyEvent(record, ordinal);
  const place = `${record.topic}/${record.partition}/${record.offset}`;
  return { topic, key, headers: { ...headers, [PLACE]: place }, value };
}
