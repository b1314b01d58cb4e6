import 'reflect-metadata';
import {
  type Authenticator,
  createKeyAuthenticator,
  createKeyStore,
  createKeyTable,
  openToAll,
} from '@runledger/access';
import { openArtifactFolder } from '@runledger/artifacts';
import { type Log, openKafkaLog, openPostgresLog } from '@runledger/bus';
import { openHttpClickHouse } from '@runledger/clickhouse';
import { type HttpServer, serveHttp } from '@runledger/http';
import { createLogger, Fault, type Logger, readConfig, Scope } from '@runledger/kernel';
import { type Live, openInProcessLive, openRedisLive } from '@runledger/live';
import { openDataSource } from '@runledger/postgres';
import { type QueryConfig, querySettings } from './query.config';
import { QueryModule } from './query.module';
import type { Postgres, QueryPorts } from './query-ports';

type Opening = Readonly<{ scope: Scope; config: QueryConfig; logger: Logger }>;

async function openLog({ config, logger }: Opening): Promise<Log> {
  if (config.RUNLEDGER_LOG === 'postgres') return openPostgresLog({ url: config.RUNLEDGER_POSTGRES_URL, logger });
  const brokers = config.RUNLEDGER_KAFKA_BROKERS;
  if (brokers === undefined)
    throw new Fault('invalid', 'QUERY_NO_BROKERS', 'RUNLEDGER_LOG=kafka needs RUNLEDGER_KAFKA_BROKERS');
  return openKafkaLog({ brokers, clientId: `query-${process.pid}`, logger });
}

const openSignals = ({ config, logger }: Opening): Promise<Live> =>
  config.RUNLEDGER_REDIS_URL === undefined
    ? Promise.resolve(openInProcessLive(logger))
    : openRedisLive(config.RUNLEDGER_REDIS_URL, logger);

async function openPorts(opening: Opening): Promise<QueryPorts> {
  const { scope, config } = opening;
  const source = await scope.start('Postgres', async () => {
    const value = await openDataSource(config.RUNLEDGER_POSTGRES_URL, {
      poolSize: config.RUNLEDGER_POSTGRES_CONNECTIONS,
    });
    return { value, stop: () => value.destroy() };
  });
  const clickhouse = await scope.start('ClickHouse', async () => {
    const value = await openHttpClickHouse({ url: config.RUNLEDGER_CLICKHOUSE_URL });
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
  const artifacts = await openArtifactFolder(config.RUNLEDGER_ARTIFACTS);
  return { source, clickhouse, live, log, artifacts, pageSecret: config.RUNLEDGER_PAGE_SECRET };
}

const openDoor = (config: QueryConfig, source: Postgres, logger: Logger): Authenticator =>
  config.RUNLEDGER_AUTH
    ? createKeyAuthenticator(createKeyTable(createKeyStore(source), logger))
    : openToAll(config.RUNLEDGER_HOST);

async function serve(opening: Opening): Promise<HttpServer> {
  const { scope, config, logger } = opening;
  const ports = await openPorts(opening);
  return scope.start('the HTTP door', async () => {
    const value = await serveHttp({
      modules: [QueryModule.register(ports)],
      host: config.RUNLEDGER_HOST,
      port: config.RUNLEDGER_PORT,
      hostNames: config.RUNLEDGER_HOST_NAMES,
      authenticator: openDoor(config, ports.source, logger),
      logger,
      checks: {
        postgres: () => ports.source.query('select 1'),
        clickhouse: () => ports.clickhouse.rows('select 1'),
      },
    });
    return { value, stop: () => value.close() };
  });
}

async function main(): Promise<void> {
  const config = readConfig(querySettings, process.env);
  const logger = createLogger('query', config.RUNLEDGER_LOG_LEVEL);
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
  const server = await serve({ scope, config, logger });
  process.stdout.write(`the query service is ready at ${server.url}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`the query service cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
