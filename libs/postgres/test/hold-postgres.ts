// A process for tests to kill: opens Postgres on the folder that it is given, and keeps it.
import { createLogger } from '@runledger/kernel';
import { openEmbeddedPostgres } from '../src/embedded-postgres';

void openEmbeddedPostgres({
  dataDir: process.argv[2] ?? '',
  log: createLogger('test'),
  settings: { fsync: 'off' },
}).then(
  ({ url, adminPid, stop }) => {
    process.on('SIGUSR2', () => process.exit(3)); // an end without a stop
    process.on('SIGTERM', () => void stop().then(() => process.exit(0)));
    setInterval(() => undefined, 60_000);
    process.stdout.write(`ready ${url} ${adminPid}\n`);
  },
  (error: unknown) => {
    process.stdout.write(`failed ${String(error)}\n`);
    process.exitCode = 1;
  },
);
