import 'reflect-metadata';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { armFailpoint, createLogger, isFault, readConfig, Scope } from '@runledger/kernel';
import { allInOneSettings } from './all-in-one.config';
import { openAll } from './open-all';

// Queries of the engine run on libuv's threads, one a session; files need some too. Read when the first of them starts.
process.env['UV_THREADPOOL_SIZE'] ??= '12';

const FORCED_STOP_MS = 60_000;

function explain(error: unknown): string {
  let text = '';
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
    if (!text.includes(cause.message)) text += `${text === '' ? '' : ': '}${cause.message}`;
  return text === '' ? String(error) : text;
}

function help(): string {
  const settings = Object.entries(allInOneSettings).map(
    ([name, schema]) => `  ${name.padEnd(22)} ${schema.description}`,
  );
  return `Starts Runledger on this machine, in the foreground: log, engines, rooms and the HTTP door in one process.
Ctrl-C or SIGTERM stops it; what was acknowledged is kept, also when it is killed.

Settings, from the environment:
${settings.join('\n')}
`;
}

async function main(): Promise<void> {
  if (process.argv.includes('--help')) {
    process.stdout.write(help());
    return;
  }
  const startedAt = performance.now();
  const config = readConfig(allInOneSettings, process.env);
  armFailpoint(config.RUNLEDGER_FAILPOINT);
  const logger = createLogger('all-in-one', config.RUNLEDGER_LOG_LEVEL);
  const dataDir = path.resolve(config.RUNLEDGER_DATA);
  mkdirSync(dataDir, { recursive: true });
  const scope = new Scope();

  let stopping = false;
  const stop = (why: string, code: number): void => {
    if (stopping) return;
    stopping = true;
    if (code !== 0) process.stderr.write(`runledger: ${why}; stopping\n`);
    setTimeout(() => process.exit(1), FORCED_STOP_MS).unref();
    scope.stop().then(
      () => process.exit(code),
      (error: unknown) => {
        process.stderr.write(`runledger: ${explain(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop('asked to', 0));
  process.on('SIGINT', () => stop('asked to', 0));

  const { server } = await openAll({ scope, config, dataDir, logger, onCrash: (why) => stop(why, 1) });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const key = config.RUNLEDGER_AUTH ? `admin key in ${path.join(dataDir, 'admin.key')}` : 'access control is off';
  process.stdout.write(`Runledger is ready at ${server.url} after ${seconds} s (${key})\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`runledger cannot start: ${explain(error)}\n`);
  process.exit(isFault(error) && error.kind === 'invalid' ? 2 : 1);
});
