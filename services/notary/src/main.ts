import 'reflect-metadata';
import { type Opening as Starting, startDoor, startLog, startPostgres } from '@runledger/engines';
import type { HttpServer } from '@runledger/http';
import { armFailpoint, createLogger, readConfig, runProcess } from '@runledger/kernel';
import { migratePostgres } from '@runledger/postgres';
import { type NotaryConfig, notarySettings } from './notary.config';
import { NotaryModule, openNotary } from './notary.module';
import { openSigningKey } from './signing-key';

type Opening = Starting & Readonly<{ config: NotaryConfig }>;

async function openRoom(opening: Opening) {
  const { scope, config, logger } = opening;
  const host = config.RUNLEDGER_NOTARY_HOST;
  const key = await openSigningKey(config.RUNLEDGER_NOTARY_KEY, host);
  const source = await startPostgres(opening, config);
  await migratePostgres(source);
  const log = await startLog(opening, config);
  const holder = `notary/${process.pid}`;
  await openNotary(scope, { source, log, logger, holder, host, key, segmentMs: config.RUNLEDGER_NOTARY_SEGMENT_MS });
  return source;
}

async function serve(opening: Opening): Promise<HttpServer> {
  const source = await openRoom(opening);
  return startDoor(opening, opening.config, {
    modules: [NotaryModule.register({ source })],
    source,
    checks: { postgres: () => source.query('select 1') },
  });
}

void runProcess('the notary', async ({ scope }) => {
  const config = readConfig(notarySettings, process.env);
  armFailpoint(config.RUNLEDGER_FAILPOINT);
  const logger = createLogger('notary', config.RUNLEDGER_LOG_LEVEL);
  const server = await serve({ scope, config, logger, name: 'notary' });
  return `the notary is ready at ${server.url}`;
});
