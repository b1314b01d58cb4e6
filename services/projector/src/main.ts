import 'reflect-metadata';
import path from 'node:path';
import { type Log, openKafkaLog, openPostgresLog } from '@runledger/bus';
import { type ClickHouse, migrateClickHouse, openEmbeddedClickHouse, openHttpClickHouse } from '@runledger/clickhouse';
import { armFailpoint, createLogger, Fault, type Logger, readConfig, Scope } from '@runledger/kernel';
import { type Live, openInProcessLive, openRedisLive } from '@runledger/live';
import { migratePostgres, openDataSource } from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import { type ProjectorConfig, projectorSettings } from './projector.config';
import { openProjector } from './projector.module';

// Queries of the embedded engine run on libuv's threads, one a session. Read when the first of them starts.
process.env['UV_THREADPOOL_SIZE'] ??= '12';

type Opening = Readonly<{ scope: Scope; config: ProjectorConfig; logger: Logger }>;

async function openLog({ config, logger }: Opening): Promise<Log> {
  if (config.RUNLEDGER_LOG === 'postgres') return openPostgresLog({ url: config.RUNLEDGER_POSTGRES_URL, logger });
  const brokers = config.RUNLEDGER_KAFKA_BROKERS;
  if (brokers === undefined)
    throw new Fault('invalid', 'PROJECTOR_NO_BROKERS', 'RUNLEDGER_LOG=kafka needs RUNLEDGER_KAFKA_BROKERS');
  return openKafkaLog({ brokers, clientId: `projector-${process.pid}`, logger });
}

async function openSeriesEngine({ config }: Opening): Promise<ClickHouse> {
  const url = config.RUNLEDGER_CLICKHOUSE_URL;
  const remote = url !== undefined;
  const clickhouse = remote
    ? await openHttpClickHouse({ url })
    : await openEmbeddedClickHouse({ dataDir: path.join(config.RUNLEDGER_DATA, 'clickhouse') });
  await migrateClickHouse(clickhouse, { fsync: !remote });
  return clickhouse;
}

const openSignals = ({ config, logger }: Opening): Promise<Live> =>
  config.RUNLEDGER_REDIS_URL === undefined
    ? Promise.resolve(openInProcessLive(logger))
    : openRedisLive(config.RUNLEDGER_REDIS_URL, logger);

async function openPorts(opening: Opening) {
  const { scope, config } = opening;
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
    const value = await openSignals(opening);
    return { value, stop: () => value.close() };
  });
  const log = await scope.start('the log', async () => {
    const value = await openLog(opening);
    return { value, stop: () => value.close() };
  });
  return { source, clickhouse, live, log };
}

async function main(): Promise<void> {
  const config = readConfig(projectorSettings, process.env);
  armFailpoint(config.RUNLEDGER_FAILPOINT);
  const logger = createLogger('projector', config.RUNLEDGER_LOG_LEVEL);
  const scope = new Scope();
  const stop = (): void => {
    scope.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'did not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  const ports = await openPorts({ scope, config, logger });
  await openProjector(scope, { ...ports, logger, holder: `projector/${process.pid}` });
  process.stdout.write('the projector is ready\n');
}

main().catch((error: unknown) => {
  process.stderr.write(`the projector cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
