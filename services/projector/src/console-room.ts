import type { Consumer, Log } from '@runledger/bus';
import { type Recorded, TOPICS } from '@runledger/contracts';
import { type ConsoleStore, createConsoleStore, type Lease } from '@runledger/postgres';
import { readConsole } from '@runledger/projections';
import { checkShare, readAll } from './read-batch';
import { type TableRoomDeps, tableConsumer } from './table-room';

const CONSOLE_GROUP = 'console';

type Parts = Readonly<{ log: Pick<Log, 'publish'>; store: ConsoleStore; checkShare: typeof checkShare }>;

/** Stores the lines of one partition's records, those behind the lease's offset left out. */
export async function projectConsole(
  { log, store, checkShare: check }: Parts,
  lease: Lease,
  batch: readonly Recorded[],
): Promise<Lease> {
  const records = batch.filter((record) => record.offset >= lease.nextOffset);
  const last = records.at(-1);
  if (last === undefined) return lease;
  const reading = readAll(lease.group, records, readConsole);
  check(reading.messages.flatMap((m) => m.facts).length, reading);
  if (reading.letters.length > 0) await log.publish(reading.letters);
  return store.apply(lease, { ...reading, nextOffset: last.offset + 1 });
}

/** The consumer that carries what runs print into the read schema. */
export function consoleConsumer(deps: TableRoomDeps): Consumer {
  const parts = { log: deps.log, store: createConsoleStore(deps.source), checkShare };
  return tableConsumer(deps, {
    group: CONSOLE_GROUP,
    topics: [TOPICS.console.name],
    moves: 'console',
    project: (lease, records) => projectConsole(parts, lease, records),
  });
}
