// What tests of the metadata room share: a database, a log in memory, and the three ways in which every projection is tested.
import type { Consumer } from '@runledger/bus';
import {
  catalogRecord,
  type Decision,
  eventRecord,
  type FACTS,
  type LogRecord,
  type Recorded,
  type RunFactType,
  runSubject,
} from '@runledger/contracts';
import { createLogger } from '@runledger/kernel';
import { openDataSource } from '@runledger/postgres';
import { createDatabase } from '@runledger/testkit';
import type { DataSource } from 'typeorm';
import type { z } from 'zod';
import { type MetadataRoomDeps, metadataConsumer } from './metadata-room';

/** A fact as a client writes it: what has a default may be left out. */
export type FactDraft = {
  [T in RunFactType]: Readonly<{ type: T; data: z.input<(typeof FACTS)[T]['data']> }>;
}[RunFactType];
export type MessageMore = {
  workspace?: string;
  actor?: string;
  writer?: string | undefined;
  sequence?: number | undefined;
  /** Ids of the events; without them each is new. */
  ids?: readonly string[];
  time?: string;
};

let made = 0;

/** One message of a run. */
export const said = (run: string, drafts: readonly FactDraft[], more: MessageMore = {}): LogRecord =>
  eventRecord({
    topic: 'runs',
    workspace: more.workspace ?? 'default',
    subject: runSubject(run),
    source: 'test',
    actor: more.actor ?? 'somebody',
    recordedtime: '2026-01-02T03:04:05.678Z',
    writer: more.writer,
    sequence: more.sequence,
    events: drafts.map(({ type, data }, i) => ({
      id: more.ids?.[i] ?? `event-${made++}`,
      type,
      time: more.time ?? '2026-01-02T03:04:05.000Z',
      dataversion: 1,
      data,
    })),
  });

type DecisionDraft = {
  [T in Decision['type']]: { type: T; data: Extract<Decision, { type: T }>['data'] };
}[Decision['type']];

/** One decided event as the relay publishes it. */
export const decided = (journalseq: number, draft: DecisionDraft, workspace = 'default'): LogRecord =>
  catalogRecord({
    id: `decision-${journalseq}`,
    type: draft.type,
    time: '2026-01-02T03:04:05.000Z',
    dataversion: 1,
    data: draft.data,
    workspace,
    journalseq,
    subject: `${draft.type.split('.')[0]}/any`,
    version: 1,
    actor: 'somebody',
    recordedtime: '2026-01-02T03:04:05.000Z',
  });

/** Records at their places in one partition, a second apart. */
export const inLog = (records: readonly LogRecord[], from = 0): Recorded[] =>
  records.map((record, i) => ({
    ...record,
    partition: 0,
    offset: from + i,
    appended: Date.UTC(2026, 0, 2, 4) + 1_000 * (from + i),
  }));

/** Cuts a list after every so many, over and over: `[2, 1]` is two, one, two, one … */
export function cutInto<T>(items: readonly T[], sizes: readonly number[]): T[][] {
  const parts: T[][] = [];
  for (let at = 0, i = 0; at < items.length; i++) {
    const size = Math.max(1, sizes[i % Math.max(1, sizes.length)] ?? items.length);
    parts.push(items.slice(at, at + size));
    at += size;
  }
  return parts;
}

export type Tables = Readonly<{
  source: DataSource;
  /** What was published to the dead topic. */
  letters: LogRecord[];
  signals: unknown[];
  consumer(more?: Partial<MetadataRoomDeps>): Consumer;
  /** Takes the partition and projects these batches, one after another. */
  project(batches: ReadonlyArray<readonly Recorded[]>): Promise<void>;
  dump(): Promise<Record<string, string[]>>;
  startOver(): Promise<void>;
  close(): Promise<void>;
}>;

const TABLES = [
  'project',
  'experiment',
  'model',
  'model_version',
  'model_alias',
  'logged_model',
  'logged_model_file',
  'run',
  'run_tag',
  'run_artifact',
  'run_code',
  'run_environment',
  'run_fingerprint',
  'run_param',
  'run_input',
  'run_link',
  'run_output',
  'run_model_input',
  'model_metric',
  'conflict',
  'applied_event',
  'catalog_progress',
  'writer_receipt',
  'writer_closed',
  'dead_letter',
] as const;

/** Every row of the read schema as text, sorted, by table. */
export async function dumpTables(source: DataSource): Promise<Record<string, string[]>> {
  const parts = TABLES.map((t) => `select '${t}' as "table", t::text as line from read.${t} t`);
  const rows: Array<{ table: string; line: string }> = await source.query(
    `select * from (${parts.join(' union all ')}) rows order by "table", line collate "C"`,
  );
  const dump: Record<string, string[]> = {};
  for (const { table, line } of rows) (dump[table] ??= []).push(line);
  return dump;
}

/** Empties the read schema and sets every group back to the beginning of the log, as a rebuild does. */
export async function emptyTables(source: DataSource): Promise<void> {
  await source.query(`truncate ${TABLES.map((t) => `read.${t}`).join(', ')}`);
  await source.query('update custody.lease set next_offset = 0');
}

export async function openTables(): Promise<Tables> {
  const database = await createDatabase('metadata');
  const source = await openDataSource(database.url, { poolSize: 4 });
  const letters: LogRecord[] = [];
  const signals: unknown[] = [];
  const log = {
    async publish(records: readonly LogRecord[]) {
      letters.push(...records);
      return [];
    },
  };
  const live = { publish: (some: readonly unknown[]) => void signals.push(...some) };
  const logger = createLogger('test', 'silent');
  const consumer: Tables['consumer'] = (more) =>
    metadataConsumer({ log, source, live, logger, holder: 'test', ...more });
  return {
    source,
    letters,
    signals,
    consumer,
    async project(batches) {
      const room = consumer();
      for (const topic of new Set(batches.map((records) => records[0]?.topic ?? ''))) await room.assigned(topic, 0);
      for (const records of batches)
        await room.onBatch({
          topic: records[0]?.topic ?? '',
          partition: 0,
          records,
          stale: () => false,
          lost: () => undefined,
        });
    },
    dump: () => dumpTables(source),
    startOver: () => emptyTables(source),
    async close() {
      await source.destroy();
      await database.drop();
    },
  };
}

/**
 * Projects records as given, then delivered twice (every message again, behind the others, as clients repeat them), then
 * from zero again, one by one; expects the same rows each time, and answers them.
 */
export async function projectThreeWays(
  tables: Tables,
  records: readonly LogRecord[],
): Promise<Record<string, string[]>> {
  await tables.startOver();
  await tables.project([inLog(records)]);
  const given = await tables.dump();
  await tables.project([inLog(records, records.length)]);
  expect(await tables.dump()).toEqual(given);
  await tables.startOver();
  await tables.project(cutInto(inLog([...records, ...records]), [1]));
  expect(await tables.dump()).toEqual(given);
  return given;
}
