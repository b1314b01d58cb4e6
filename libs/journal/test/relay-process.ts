// Run as a process, which the tests kill: `relay-process.ts <postgres url> <file> [failpoint]` relays into a file, a line an event.
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { journalseqOf, type LogRecord } from '@runledger/contracts';
import { armFailpoint, createLogger } from '@runledger/kernel';
import { openDataSource } from '@runledger/postgres';
import { startRelay } from '../src/relay';

const [url = '', file = '', failpoint] = process.argv.slice(2);

async function publish(records: readonly LogRecord[]): Promise<void> {
  const log = openSync(file, 'a');
  for (const record of records) writeSync(log, `${record.key} ${journalseqOf(record)}\n`);
  fsyncSync(log);
  closeSync(log);
}

armFailpoint(failpoint);
void openDataSource(url).then((source) => {
  startRelay({ source, log: { publish }, logger: createLogger('relay', 'warn'), pollMs: 100 });
  process.stdout.write('relaying\n');
});
