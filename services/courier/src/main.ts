import { createCommands } from '@runledger/commands';
import {
  type Opening as Starting,
  startDoor,
  startLimits,
  startLog,
  startPostgres,
  startWebhooks,
} from '@runledger/engines';
import type { HttpServer } from '@runledger/http';
import { openJournal } from '@runledger/journal';
import { armFailpoint, createLogger, readConfig, runProcess } from '@runledger/kernel';
import { migratePostgres } from '@runledger/postgres';
import { type CourierConfig, courierSettings } from './courier.config';
import { openCourier } from './open-courier';

type Opening = Starting & Readonly<{ config: CourierConfig }>;

async function openRoom(opening: Opening) {
  const { scope, config, logger } = opening;
  const source = await startPostgres(opening, config);
  await migratePostgres(source);
  const log = await startLog(opening, config, source);
  const commands = createCommands(openJournal(source));
  const { vault, outbound } = await startWebhooks(opening, config, { source, commands });
  const holder = `courier/${process.pid}`;
  const deadAfterMs = config.RUNLEDGER_COURIER_DEAD_AFTER_MS;
  await openCourier(scope, { log, source, commands, vault, outbound, logger, holder, deadAfterMs });
  return source;
}

async function serve(opening: Opening): Promise<HttpServer> {
  const source = await openRoom(opening);
  return startDoor(opening, opening.config, {
    quotas: await startLimits(opening, opening.config),
    modules: [],
    source,
    checks: { postgres: () => source.query('select 1') },
  });
}

void runProcess('the courier', async ({ scope }) => {
  const config = readConfig(courierSettings, process.env);
  armFailpoint(config.RUNLEDGER_FAILPOINT);
  const logger = createLogger('courier', config.RUNLEDGER_LOG_LEVEL);
  const server = await serve({ scope, config, logger, name: 'courier' });
  return `the courier is ready at ${server.url}`;
});
