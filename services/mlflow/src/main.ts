import 'reflect-metadata';
import {
  type Authenticator,
  createKeyAuthenticator,
  createKeyStore,
  createKeyTable,
  openToAll,
} from '@runledger/access';
import { artifactChoice, openArtifacts } from '@runledger/artifacts';
import { type Log, openLog } from '@runledger/bus';
import { openHttpClickHouse } from '@runledger/clickhouse';
import { createCommands } from '@runledger/commands';
import { type HttpServer, serveHttp } from '@runledger/http';
import { openJournal } from '@runledger/journal';
import { createLogger, type Logger, readConfig, runProcess, type Scope } from '@runledger/kernel';
import { openLive } from '@runledger/live';
import { openDataSource } from '@runledger/postgres';
import { type MlflowConfig, mlflowSettings } from './mlflow.config';
import { MlflowModule } from './mlflow.module';
import { MLFLOW_ERRORS } from './mlflow-errors';
import type { MlflowPorts } from './mlflow-room';

type Opening = Readonly<{ scope: Scope; config: MlflowConfig; logger: Logger }>;

const chosenLog = ({ config, logger }: Opening): Promise<Log> =>
  openLog({
    kind: config.RUNLEDGER_LOG,
    postgresUrl: config.RUNLEDGER_POSTGRES_URL,
    brokers: config.RUNLEDGER_KAFKA_BROKERS,
    clientId: `mlflow-${process.pid}`,
    logger,
  });

async function openPorts(opening: Opening): Promise<MlflowPorts> {
  const { scope, config, logger } = opening;
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
    const value = await openLive(config.RUNLEDGER_REDIS_URL, logger);
    return { value, stop: () => value.close() };
  });
  const log = await scope.start('the log', async () => {
    const value = await chosenLog(opening);
    return { value, stop: () => value.close() };
  });
  const artifacts = await openArtifacts(artifactChoice(config));
  const commands = createCommands(openJournal(source));
  return { source, clickhouse, live, log, artifacts, commands, pageSecret: config.RUNLEDGER_PAGE_SECRET };
}

const openDoor = (config: MlflowConfig, source: MlflowPorts['source'], logger: Logger): Authenticator =>
  config.RUNLEDGER_AUTH
    ? createKeyAuthenticator(createKeyTable(createKeyStore(source), logger))
    : openToAll(config.RUNLEDGER_HOST);

async function serve(opening: Opening): Promise<HttpServer> {
  const { scope, config, logger } = opening;
  const ports = await openPorts(opening);
  return scope.start('the HTTP door', async () => {
    const value = await serveHttp({
      modules: [MlflowModule.register(ports)],
      dialects: [MLFLOW_ERRORS],
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

void runProcess('the MLflow door', async ({ scope }) => {
  const config = readConfig(mlflowSettings, process.env);
  const logger = createLogger('mlflow', config.RUNLEDGER_LOG_LEVEL);
  const server = await serve({ scope, config, logger });
  return `the MLflow door is ready at ${server.url}`;
});
