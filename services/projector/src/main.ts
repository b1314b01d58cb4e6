import 'reflect-metadata';
import path from 'node:path';
import type { Log } from '@runledger/bus';
import { type ClickHouse, migrateClickHouse, openEmbeddedClickHouse, openHttpClickHouse } from '@runledger/clickhouse';
import { createCommands } from '@runledger/commands';
import {
  openAnswersBy,
  openPersonalReads,
  type Opening as Starting,
  startDoor,
  startLimits,
  startLog,
  startPostgres,
  startSignals,
} from '@runledger/engines';
import { createRefusingLog, openExpiredSet, openExpirer } from '@runledger/erasure';
import type { HttpServer } from '@runledger/http';
import { openJournal } from '@runledger/journal';
import { armFailpoint, createLogger, readConfig, runProcess } from '@runledger/kernel';
import type { Live } from '@runledger/live';
import { migratePostgres } from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import { createCheckMetrics } from './check-metrics';
import { type ProjectorConfig, projectorSettings } from './projector.config';
import { openProjector } from './projector.module';
import { openUpkeep, UpkeepModule } from './upkeep.module';

// Queries of the embedded engine run on libuv's threads, one a session. Read when the first of them starts.
process.env['UV_THREADPOOL_SIZE'] ??= '12';

type Opening = Starting & Readonly<{ config: ProjectorConfig }>;

async function openSeriesEngine({ config }: Opening): Promise<ClickHouse> {
  const url = config.RUNLEDGER_CLICKHOUSE_URL;
  const remote = url !== undefined;
  const clickhouse = remote
    ? await openHttpClickHouse({ url })
    : await openEmbeddedClickHouse({ dataDir: path.join(config.RUNLEDGER_DATA, 'clickhouse') });
  await migrateClickHouse(clickhouse, { fsync: !remote });
  return clickhouse;
}

type Ports = Readonly<{ source: DataSource; clickhouse: ClickHouse; live: Live; log: Log }>;

async function openPorts(opening: Opening): Promise<Ports> {
  const { scope, config } = opening;
  const source = await startPostgres(opening, config);
  await migratePostgres(source);
  const clickhouse = await scope.start('the series engine', async () => {
    const value = await openSeriesEngine(opening);
    return { value, stop: () => value.close() };
  });
  const live = await startSignals(opening, config);
  const log = await startLog(opening, config, source);
  return { source, clickhouse, live, log };
}

/** Health, metrics, and what operators ask of the projections. */
async function serve(opening: Opening, { source, clickhouse, log }: Ports, holder: string): Promise<HttpServer> {
  const { scope, config, logger } = opening;
  const upkeep = { source, clickhouse, log, logger, holder };
  const commands = createCommands(openJournal(source));
  await openExpirer(scope, { source, clickhouse, log, commands, logger });
  const refusing = createRefusingLog(log, await openExpiredSet(scope, source, logger));
  await openUpkeep(scope, upkeep, { checkHours: config.RUNLEDGER_CHECK_HOURS });
  return startDoor(opening, config, {
    modules: [UpkeepModule.register({ ...upkeep, log: refusing, commands })],
    registry: createCheckMetrics(source),
    quotas: await startLimits(opening, config),
    openAnswer: openAnswersBy(await openPersonalReads(config)),
    source,
    checks: { postgres: () => source.query('select 1'), clickhouse: () => clickhouse.rows('select 1') },
  });
}

void runProcess('the projector', async ({ scope }) => {
  const config = readConfig(projectorSettings, process.env);
  armFailpoint(config.RUNLEDGER_FAILPOINT);
  const logger = createLogger('projector', config.RUNLEDGER_LOG_LEVEL);
  const opening = { scope, config, logger, name: 'projector' };
  const ports = await openPorts(opening);
  const holder = `projector/${process.pid}`;
  await openProjector(scope, { ...ports, logger, holder });
  const server = await serve(opening, ports, holder);
  return `the projector is ready at ${server.url}`;
});
