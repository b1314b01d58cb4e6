import 'reflect-metadata';
import path from 'node:path';
import { type Log, openLog } from '@runledger/bus';
import { type ClickHouse, migrateClickHouse, openEmbeddedClickHouse, openHttpClickHouse } from '@runledger/clickhouse';
import { armFailpoint, createLogger, type Logger, readConfig, runProcess, type Scope } from '@runledger/kernel';
import { openLive } from '@runledger/live';
import { migratePostgres, openDataSource } from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import { type ProjectorConfig, projectorSettings } from './projector.config';
import { openProjector } from './projector.module';

// Queries of the embedded engine run on libuv's threads, one a session. Read when the first of them starts.
process.env['UV_THREADPOOL_SIZE'] ??= '12';

type Opening = Readonly<{ scope: Scope; config: ProjectorConfig; logger: Logger }>;

const chosenLog = ({ config, logger }: Opening): Promise<Log> =>
  openLog({
    kind: config.RUNLEDGER_LOG,
    postgresUrl: config.RUNLEDGER_POSTGRES_URL,
    brokers: config.RUNLEDGER_KAFKA_BROKERS,
    clientId: `projector-${process.pid}`,
    logger,
  });

async function openSeriesEngine({ config }: Opening): Promise<ClickHouse> {
  const url = config.RUNLEDGER_CLICKHOUSE_URL;
  const remote = url !== undefined;
  const clickhouse = remote
    ? await openHttpClickHouse({ url })
    : await openEmbeddedClickHouse({ dataDir: path.join(config.RUNLEDGER_DATA, 'clickhouse') });
  await migrateClickHouse(clickhouse, { fsync: !remote });
  return clickhouse;
}

async function openPorts(opening: Opening) {
  const { scope, config, logger } = opening;
  const source: DataSource = await scope.start('Postgres', async () => {
    const value = await openDataSource(config.RUNLEDGER_POSTGRES_URL);
    return { value, stop: () => value.destroy() };
  });
  await migratePostgres(source);
  const clickhouse = await scope.start('the series engine', async () => {
    const value = await openSeriesEngine(opening);
    return { value, stop: () => value.close() };
  });
  const live = await scope.start('signals', async () => {
    const value = await openLive(config.RUNLEDGER_REDIS_URL, logger);
    return { value, stop: () => value.close() };
  });
  const log = await scope.start('the log', async () => {
    const value = await chosenLog(opening);
    return { value, stop: () => value.close() };
  });
  return { source, clickhouse, live, log };
}

void runProcess('the projector', async ({ scope }) => {
  const config = readConfig(projectorSettings, process.env);
  armFailpoint(config.RUNLEDGER_FAILPOINT);
  const logger = createLogger('projector', config.RUNLEDGER_LOG_LEVEL);
  const ports = await openPorts({ scope, config, logger });
  await openProjector(scope, { ...ports, logger, holder: `projector/${process.pid}` });
  return 'the projector is ready';
});
