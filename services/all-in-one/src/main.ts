import 'reflect-metadata';
import path from 'node:path';
import { armFailpoint, createLogger, type Running, readConfig, runProcess } from '@runledger/kernel';
import { allInOneSettings } from './all-in-one.config';
import { openAll } from './open-all';

// Queries of the engine run on libuv's threads, one a session; files need some too. Read when the first of them starts.
process.env['UV_THREADPOOL_SIZE'] ??= '12';

function help(): string {
  const width = Math.max(...Object.keys(allInOneSettings).map((name) => name.length));
  const settings = Object.entries(allInOneSettings).map(
    ([name, schema]) => `  ${name.padEnd(width)} ${schema.description}`,
  );
  return `Starts Runledger on this machine, in the foreground: log, engines, rooms and the HTTP door in one process.
Ctrl-C or SIGTERM stops it; what was acknowledged is kept, also when it is killed.

Settings, from the environment:
${settings.join('\n')}
`;
}

async function start({ scope, crash }: Running): Promise<string> {
  const startedAt = performance.now();
  const config = readConfig(allInOneSettings, process.env);
  armFailpoint(config.RUNLEDGER_FAILPOINT);
  const logger = createLogger('all-in-one', config.RUNLEDGER_LOG_LEVEL);
  const dataDir = path.resolve(config.RUNLEDGER_DATA);
  const { server, adminKey } = await openAll({ scope, config, dataDir, logger, onCrash: crash });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const key = config.RUNLEDGER_AUTH ? `admin key in ${path.join(dataDir, 'admin.key')}` : 'access control is off';
  const door = config.RUNLEDGER_AUTH ? `/#key=${encodeURIComponent(adminKey)}` : '/';
  const token = config.RUNLEDGER_AUTH ? ` MLFLOW_TRACKING_TOKEN=${adminKey}` : '';
  const lines = [
    `Runledger is ready at ${server.url} after ${seconds} s (${key})`,
    `Open ${server.url}${door}`,
    `export MLFLOW_TRACKING_URI=${server.url}${token}`,
  ];
  return lines.join('\n');
}

if (process.argv.includes('--help')) process.stdout.write(help());
else void runProcess('runledger', start);
