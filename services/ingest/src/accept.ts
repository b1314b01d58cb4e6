import {
  type BatchAttributes,
  type EventBatch,
  eventRecord,
  FACTS,
  isFactType,
  type LogRecord,
  readEvent,
  runOfSubject,
  type StoredEvent,
} from '@runledger/contracts';
import { Fault, isFault, uuidv7 } from '@runledger/kernel';
import { z } from 'zod';
import { type Draft, draft, MAX_DRAFTS } from './ingest.schema';
import type { AboutRun } from './keep-to-reach';

/** What the server says about everything of one request. */
export type Stamp = Readonly<Pick<BatchAttributes, 'workspace' | 'actor' | 'source' | 'recordedtime' | 'traceparent'>>;
export type Accepted = Readonly<{ records: LogRecord[]; accepted: number; about: AboutRun[] }>;

type BadItem = Readonly<{ index: number; code: string; message: string }>;
type FactTopic = Exclude<EventBatch['topic'], 'catalog'>;
type Group = {
  topic: FactTopic;
  subject: string;
  writer: string | undefined;
  sequence: number | undefined;
  events: StoredEvent[];
};

/** Bad items that an answer lists; a client that sends thousands does not need them all to see why. */
const MOST_NAMED = 100;

const bad = (code: string, message: string): Fault => new Fault('invalid', code, message);

function sayIssues(error: z.ZodError): string {
  const said = error.issues.slice(0, 3).map(({ path, message }) => [path.map(String).join('.'), message]);
  return said.map(([path, message]) => (path ? `${path}: ${message}` : message)).join('; ');
}

/** A line that could not be read stands in the list as its Fault (see read-drafts). */
function readDraft(item: unknown): Draft {
  if (isFault(item)) throw item;
  const parsed = draft.safeParse(item);
  if (!parsed.success) throw bad('INGEST_BAD_DRAFT', sayIssues(parsed.error));
  return parsed.data;
}

function checkData(event: StoredEvent): FactTopic {
  if (!isFactType(event.type)) throw bad('INGEST_UNKNOWN_TYPE', `${event.type} is no fact`);
  // Whoever could say this without the bytes could read everybody's by their digests.
  if (event.type === 'artifact.stored' || event.type === 'artifacts.deleted')
    throw bad('INGEST_NOT_A_DRAFT', 'artifacts are recorded where they are uploaded and deleted');
  const spec = FACTS[event.type];
  try {
    readEvent(spec, event);
  } catch (error) {
    if (isFault(error) && error.cause instanceof z.ZodError) throw bad(error.code, `data: ${sayIssues(error.cause)}`);
    throw error;
  }
  return spec.topic as FactTopic;
}

/** All drafts of one topic and subject become one message, so they have one writer and one sequence. */
function joinGroup(groups: Map<string, Group>, topic: FactTopic, { subject, writer, sequence }: Draft): Group {
  const id = `${topic} ${subject}`;
  const group = groups.get(id);
  if (group === undefined) {
    const created: Group = { topic, subject, writer, sequence, events: [] };
    groups.set(id, created);
    return created;
  }
  for (const [before, now] of [
    [group.writer, writer],
    [group.sequence, sequence],
  ])
    if (before !== undefined && now !== undefined && before !== now)
      throw bad('INGEST_MIXED_WRITERS', `the drafts of one request for ${subject} have one writer and one sequence`);
  group.writer ??= writer;
  group.sequence ??= sequence;
  return group;
}

/** The same id with the same content is a repeat, which has no second effect; with another it is refused where we can see it. */
function checkRepeats(group: Group, event: StoredEvent, seen: Map<string, StoredEvent>): void {
  const id = `${group.subject} ${event.id}`;
  const before = seen.get(id);
  if (before === undefined) seen.set(id, event);
  else if (before.type !== event.type || JSON.stringify(before.data) !== JSON.stringify(event.data))
    throw new Fault('conflict', 'INGEST_ID_REUSED', `event id ${event.id} stands for two different facts`);
}

function refuse(refusals: readonly BadItem[], total: number): Fault {
  const [first] = refusals;
  const message = `${refusals.length} of ${total} items are refused, so that none is stored; the first is item ${first?.index}: ${first?.message}`;
  // A client that retries has to tell a request that can never be right from one that clashes with itself.
  const kind = refusals.every(({ code }) => code === 'INGEST_ID_REUSED') ? 'conflict' : 'invalid';
  return new Fault(kind, 'INGEST_BAD_BATCH', message, {
    context: { details: { bad: refusals.slice(0, MOST_NAMED), total: refusals.length } },
  });
}

/**
 * Pure but for the ids of drafts without one. All or nothing: one bad item refuses the request, and the fault names every bad item
 * by index, so that a client can mend it at once. Data are published as the client wrote them, after they were checked.
 * @throws Fault invalid INGEST_BAD_BATCH (conflict where ids are all that is wrong), INGEST_NO_DRAFTS, too-large INGEST_TOO_MANY_DRAFTS
 */
export function acceptDrafts(items: readonly unknown[], stamp: Stamp): Accepted {
  if (items.length === 0) throw bad('INGEST_NO_DRAFTS', 'there is nothing in this request');
  if (items.length > MAX_DRAFTS)
    throw new Fault('too-large', 'INGEST_TOO_MANY_DRAFTS', `a request has at most ${MAX_DRAFTS} events`);
  const groups = new Map<string, Group>();
  const seen = new Map<string, StoredEvent>();
  const refusals: BadItem[] = [];
  for (const [index, item] of items.entries()) {
    try {
      const { id = uuidv7(), type, time = stamp.recordedtime, dataversion, data, ...place } = readDraft(item);
      const event: StoredEvent = { id, type, time, dataversion, data };
      const group = joinGroup(groups, checkData(event), { type, dataversion, data, ...place });
      checkRepeats(group, event, seen);
      group.events.push(event);
    } catch (error) {
      if (!isFault(error)) throw error;
      refusals.push({ index, code: error.code, message: error.message });
    }
  }
  if (refusals.length > 0) throw refuse(refusals, items.length);
  const records = [...groups.values()].map((group) => eventRecord({ ...stamp, ...group }));
  const about = [...groups.values()].map(({ subject, events }) => ({ run: runOfSubject(subject) ?? '', events }));
  return { records, accepted: items.length, about };
}
