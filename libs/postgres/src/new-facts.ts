import type { ConflictRow, Placed, RunMessage } from '@runledger/contracts';
import type { EntityManager } from 'typeorm';
import { type Column, insertSql, unnested } from './columns';

/** Any fact: its meaning does not matter here. */
type AnyEvent = Readonly<{ id: string; type: string; data: unknown }>;
type Message = RunMessage<AnyEvent>;
type Candidate<E = AnyEvent> = Readonly<{ fact: Placed<E>; digest: Buffer }>;
type Sequenced = Message & Readonly<{ writer: string; sequence: number }>;

/** What came for the first time, with its digests, and what came again as something else. */
export type NewFacts<E> = Readonly<{ fresh: ReadonlyArray<Candidate<E>>; conflicts: ConflictRow[] }>;

/** Where is remembered what had its effect: receipts under a topic's name, and ids and digests of events in a table. */
export type Memory = Readonly<{ topic: 'runs' | 'console'; table: string }>;
export const FACTS_MEMORY: Memory = { topic: 'runs', table: 'read.applied_event' };

const EVENT: ReadonlyArray<Column<Candidate>> = [
  { column: 'workspace', type: 'text', write: (c) => c.fact.workspace },
  { column: 'run', type: 'text', write: (c) => c.fact.run },
  { column: 'event', type: 'text', write: (c) => c.fact.event.id },
];
const SEQUENCE: ReadonlyArray<Column<Sequenced>> = [
  { column: 'workspace', type: 'text', write: (m) => m.workspace },
  { column: 'run', type: 'text', write: (m) => m.run },
  { column: 'writer', type: 'text', write: (m) => m.writer },
  { column: 'sequence', type: 'int8', write: (m) => m.sequence },
];

const eventName = (fact: Placed<AnyEvent>): string => `${fact.workspace}/${fact.run}/${fact.event.id}`;
const sequenceName = (m: Sequenced): string => `${m.workspace}/${m.run}/${m.writer}/${m.sequence}`;
const isSequenced = (m: Message): m is Sequenced => m.writer !== undefined && m.sequence !== undefined;

/** Digests of the events that had their effect before this batch. */
async function loadApplied(
  tx: EntityManager,
  { table }: Memory,
  candidates: readonly Candidate[],
): Promise<Map<string, Buffer>> {
  if (candidates.length === 0) return new Map();
  const { from, params } = unnested(candidates, EVENT, 'k');
  const rows: Array<{ workspace: string; run: string; event: string; digest: Buffer }> = await tx.query(
    `select a.workspace, a.run, a.event, a.digest from ${from} join ${table} a using (workspace, run, event)`,
    params,
  );
  return new Map(rows.map((row) => [`${row.workspace}/${row.run}/${row.event}`, row.digest]));
}

/** Names of the (writer, sequence) of these messages that were stored before this batch. */
async function loadStored(tx: EntityManager, { topic }: Memory, messages: readonly Sequenced[]): Promise<Set<string>> {
  if (messages.length === 0) return new Set();
  const { from, params } = unnested(messages, SEQUENCE, 'k');
  const rows: Array<{ workspace: string; run: string; writer: string; sequence: string }> = await tx.query(
    `select k.* from ${from} cross join lateral (
       select stored from read.writer_receipt r
       where r.workspace = k.workspace and r.run = k.run and r.topic = '${topic}' and r.writer = k.writer limit 1) r
     where r.stored @> k.sequence`,
    params,
  );
  return new Set(rows.map((row) => `${row.workspace}/${row.run}/${row.writer}/${row.sequence}`));
}

async function growReceipts(tx: EntityManager, { topic }: Memory, messages: readonly Sequenced[]): Promise<void> {
  if (messages.length === 0) return;
  const { from, params } = unnested(messages, SEQUENCE, 'k');
  await tx.query(
    `insert into read.writer_receipt (workspace, run, topic, writer, stored)
     select workspace, run, '${topic}', writer, range_agg(int8range(sequence, sequence + 1)) from ${from} group by 1, 2, 4
     on conflict (workspace, run, topic, writer) do update set stored = writer_receipt.stored + excluded.stored`,
    params,
  );
}

/** Which of a batch's messages and events come for the first time. Answers the same however the log is cut into batches. */
class Sieve<E extends AnyEvent> {
  readonly fresh: Array<Candidate<E>> = [];
  readonly conflicts: ConflictRow[] = [];
  readonly newSequences: Sequenced[] = [];
  constructor(
    private readonly applied: Map<string, Buffer>,
    private readonly stored: Set<string>,
  ) {}

  take(message: RunMessage<E>): void {
    const repeated = isSequenced(message) && !this.#takeSequence(message);
    for (const [i, fact] of message.facts.entries())
      this.#takeFact({ fact, digest: message.digests[i] as Buffer }, repeated);
  }

  #takeSequence(message: Sequenced): boolean {
    const name = sequenceName(message);
    if (this.stored.has(name)) return false;
    this.stored.add(name);
    this.newSequences.push(message);
    return true;
  }

  #takeFact(candidate: Candidate<E>, repeated: boolean): void {
    const { fact, digest } = candidate;
    const known = this.applied.get(eventName(fact));
    if (known !== undefined) {
      if (!known.equals(digest)) this.#conflict('event', candidate);
    } else if (repeated) this.#conflict('sequence', candidate);
    else {
      this.applied.set(eventName(fact), digest);
      this.fresh.push(candidate);
    }
  }

  #conflict(kind: 'event' | 'sequence', { fact, digest }: Candidate): void {
    const { workspace, run, at, event } = fact;
    const value = { type: event.type, data: event.data };
    this.conflicts.push({ workspace, run, kind, name: event.type, at, item: 0, event: event.id, digest, value });
  }
}

/**
 * Takes the messages of a batch, in the order of the log, and remembers them. An event id or a (writer, sequence) that
 * comes again has no second effect, however late it comes; where it comes with another body, that is a conflict. Ids and
 * digests of what is fresh are remembered by who stores it.
 */
export async function takeNewMessages<E extends AnyEvent>(
  tx: EntityManager,
  memory: Memory,
  messages: ReadonlyArray<RunMessage<E>>,
): Promise<NewFacts<E>> {
  const candidates = messages.flatMap((m) => m.facts.map((fact, i) => ({ fact, digest: m.digests[i] as Buffer })));
  const any: readonly Message[] = messages;
  const stored = await loadStored(tx, memory, any.filter(isSequenced));
  const sieve = new Sieve<E>(await loadApplied(tx, memory, candidates), stored);
  for (const message of messages) sieve.take(message);
  await growReceipts(tx, memory, sieve.newSequences);
  return { fresh: sieve.fresh, conflicts: sieve.conflicts };
}

/** Remembers facts that have their effect in this transaction. */
export async function rememberFacts(tx: EntityManager, fresh: readonly Candidate[]): Promise<void> {
  if (fresh.length === 0) return;
  const columns = [...EVENT, { column: 'digest', type: 'bytea', write: (c: Candidate) => c.digest } as const];
  await tx.query(...insertSql(FACTS_MEMORY.table, fresh, columns));
}
