import {
  type CatalogMessage,
  type ConsoleFact,
  DECISIONS,
  type Decision,
  FACTS,
  isCleanText,
  isDecisionType,
  isEntityId,
  isFactType,
  journalseqOf,
  type Placed,
  type PlacedDecision,
  type Recorded,
  type RefusedEvent,
  type RunFact,
  type RunMessage,
  readEvent,
  readEventRecord,
  runOfSubject,
  type StoredEvent,
  workspaceId,
} from '@runledger/contracts';
import { Fault, isFault } from '@runledger/kernel';
import { eventDigest } from './digest';

const WHOLE_MESSAGE = -1;

type Envelope = ReturnType<typeof readEventRecord>;
type Attempt = Readonly<{ record: Recorded; refused: RefusedEvent[] }>;

/** Runs a step that fails with `invalid` where the record can never be read; then it is refused. All else is thrown on. */
function attempt<T>({ record, refused }: Attempt, ordinal: number, step: string, run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (!isFault(error) || error.kind !== 'invalid') throw error;
    const { topic, partition, offset, appended: time, headers } = record;
    const workspace = workspaceId.safeParse(headers['ce_workspace']).data ?? null;
    const message = error.message.toWellFormed().replaceAll('\u0000', '\ufffd');
    refused.push({ topic, partition, offset, ordinal, time, workspace, step, code: error.code, message });
    return undefined;
  }
}

const bad = (code: string, message: string): Fault => new Fault('invalid', code, message);

function readEnvelope(record: Recorded): Envelope {
  const envelope = readEventRecord(record);
  if (!isCleanText(envelope.actor)) throw bad('PROJECTIONS_BAD_ACTOR', 'the actor is no text that can be stored');
  return envelope;
}

function readRun(envelope: Envelope): string {
  const run = runOfSubject(envelope.subject);
  if (run === null || !isEntityId(run)) throw bad('PROJECTIONS_NO_RUN', 'the subject of this message is no run');
  return run;
}

function readFact(event: StoredEvent): RunFact {
  if (!isFactType(event.type) || event.type === 'console.written')
    throw bad('PROJECTIONS_UNKNOWN_TYPE', `${event.type.slice(0, 200)} is no fact of a run`);
  return readEvent(FACTS[event.type], event);
}

function readConsoleFact(event: StoredEvent): ConsoleFact {
  if (event.type !== 'console.written')
    throw bad('PROJECTIONS_UNKNOWN_TYPE', `${event.type.slice(0, 200)} is nothing that a console shows`);
  return readEvent(FACTS['console.written'], event);
}

type Read<E> = { message: RunMessage<E> | null; refused: RefusedEvent[] };

function readRunMessage<E>(record: Recorded, readOne: (event: StoredEvent) => E): Read<E> {
  const refused: RefusedEvent[] = [];
  const trial = { record, refused };
  const head = attempt(trial, WHOLE_MESSAGE, 'read-message', () => {
    const envelope = readEnvelope(record);
    return { envelope, run: readRun(envelope) };
  });
  if (head === undefined) return { message: null, refused };
  const { workspace, actor, writer, sequence, events } = head.envelope;
  const facts: Array<Placed<E>> = [];
  const digests: Buffer[] = [];
  for (const [ordinal, stored] of events.entries()) {
    const event = attempt(trial, ordinal, 'read-fact', () => readOne(stored));
    if (event === undefined) continue;
    const at = { offset: record.offset, ordinal, time: record.appended, actor };
    facts.push({ workspace, run: head.run, at, event });
    digests.push(eventDigest(stored));
  }
  return { message: { workspace, run: head.run, offset: record.offset, writer, sequence, facts, digests }, refused };
}

/** One message of the topic `runs`, and what of it can never be read. A message that is refused whole is null. */
export const readFacts = (record: Recorded): Read<RunFact> => readRunMessage(record, readFact);
/** The same of the topic `console`. */
export const readConsole = (record: Recorded): Read<ConsoleFact> => readRunMessage(record, readConsoleFact);

function readDecision(event: StoredEvent): Decision {
  if (!isDecisionType(event.type))
    throw bad('PROJECTIONS_UNKNOWN_TYPE', `${event.type.slice(0, 200)} is nothing that a command decides`);
  return readEvent(DECISIONS[event.type], event);
}

/** One message of the topic `catalog`. Without workspace and number (`message` is null) it cannot even be counted. */
export function readDecisions(record: Recorded): { message: CatalogMessage | null; refused: RefusedEvent[] } {
  const refused: RefusedEvent[] = [];
  const trial = { record, refused };
  const envelope = attempt(trial, WHOLE_MESSAGE, 'read-message', () => {
    const read = readEnvelope(record);
    const journalseq = journalseqOf(record);
    if (!Number.isSafeInteger(journalseq) || journalseq < 1)
      throw bad('PROJECTIONS_NO_JOURNALSEQ', 'this message has no number of a journal');
    return { ...read, journalseq };
  });
  if (envelope === undefined) return { message: null, refused };
  const { workspace, journalseq, actor } = envelope;
  const decisions: PlacedDecision[] = [];
  for (const [ordinal, stored] of envelope.events.entries()) {
    const event = attempt(trial, ordinal, 'read-decision', () => readDecision(stored));
    const at = { offset: record.offset, ordinal, time: record.appended, actor };
    if (event !== undefined) decisions.push({ workspace, journalseq, at, event });
  }
  return { message: { workspace, journalseq, decisions }, refused };
}
