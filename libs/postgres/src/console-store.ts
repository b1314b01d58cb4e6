import type { ConsoleFact, ConsoleMessage, Placed } from '@runledger/contracts';
import type { DataSource } from 'typeorm';
import { type Column, insertSql, pgTime } from './columns';
import { insertDeadLetters } from './dead-letters';
import { insertConflicts } from './fact-rows';
import { type Lease, moveOffset } from './lease';
import type { ReadBatch } from './metadata-store';
import { type Memory, takeNewMessages } from './new-facts';

/** A chunk is its own memory: an event that is stored is known. */
const CONSOLE_MEMORY: Memory = { topic: 'console', table: 'read.console_chunk' };

type Chunk = Readonly<{ fact: Placed<ConsoleFact>; digest: Buffer; writer: string }>;
const CHUNK: ReadonlyArray<Column<Chunk>> = [
  { column: 'workspace', type: 'text', write: (c) => c.fact.workspace },
  { column: 'run', type: 'text', write: (c) => c.fact.run },
  { column: 'event', type: 'text', write: (c) => c.fact.event.id },
  { column: 'digest', type: 'bytea', write: (c) => c.digest },
  { column: 'off', type: 'int8', write: (c) => c.fact.at.offset },
  { column: 'ord', type: 'int8', write: (c) => c.fact.at.ordinal },
  { column: 'time', type: 'timestamptz', write: (c) => pgTime(c.fact.at.time) },
  { column: 'actor', type: 'text', write: (c) => c.fact.at.actor },
  { column: 'writer', type: 'text', write: (c) => c.writer },
  { column: 'stream', type: 'text', write: (c) => c.fact.event.data.stream },
  { column: 'first_line', type: 'int8', write: (c) => c.fact.event.data.firstLine },
  {
    column: 'line_times',
    type: 'jsonb',
    write: (c) => JSON.stringify(c.fact.event.data.lines.map((line) => Date.parse(line.time))),
  },
  { column: 'lines', type: 'jsonb', write: (c) => JSON.stringify(c.fact.event.data.lines.map((line) => line.text)) },
];

/** Stores batches of the topic `console`. Lines, receipts and the offset move together or not at all. */
export interface ConsoleStore {
  /** @throws Fault conflict POSTGRES_LOST_LEASE */
  apply(lease: Lease, batch: ReadBatch<ConsoleMessage>): Promise<Lease>;
}

export const createConsoleStore = (source: DataSource): ConsoleStore => ({
  apply: (lease, { messages, refused, nextOffset }) =>
    source.transaction(async (tx) => {
      const moved = await moveOffset(tx, lease, nextOffset);
      await insertDeadLetters(tx, lease.group, refused);
      const { fresh, conflicts } = await takeNewMessages(tx, CONSOLE_MEMORY, messages);
      const writerAt = new Map(messages.map((message) => [message.offset, message.writer ?? '']));
      const chunks = fresh.map((one) => ({ ...one, writer: writerAt.get(one.fact.at.offset) ?? '' }));
      if (chunks.length > 0) await tx.query(...insertSql('read.console_chunk', chunks, CHUNK));
      await insertConflicts(tx, conflicts);
      return moved;
    }),
});
