import 'reflect-metadata';
import { artifactChoice, openArtifacts } from '@runledger/artifacts';
import { createCommands } from '@runledger/commands';
import {
  openDoor,
  type Opening as Starting,
  startClickHouse,
  startLog,
  startPostgres,
  startSignals,
} from '@runledger/engines';
import { type HttpServer, serveHttp } from '@runledger/http';
import { openJournal } from '@runledger/journal';
import { armFailpoint, createLogger, readConfig, runProcess } from '@runledger/kernel';
import { type MlflowConfig, mlflowSettings } from './mlflow.config';
import { MlflowModule } from './mlflow.module';
import { MLFLOW_ERRORS } from './mlflow-errors';
import type { MlflowPorts } from './mlflow-room';

type Opening = Starting & Readonly<{ config: MlflowConfig }>;

async function openPorts(opening: Opening): Promise<MlflowPorts> {
  const { config } = opening;
  const source = await startPostgres(opening, config);
  const clickhouse = await startClickHouse(opening, config);
  const live = await startSignals(opening, config);
  const log = await startLog(opening, config);
  const artifacts = await openArtifacts(artifactChoice(config));
  const commands = createCommands(openJournal(source));
  return { source, clickhouse, live, log, artifacts, commands, pageSecret: config.RUNLEDGER_PAGE_SECRET };
}

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
      authenticator: openDoor(opening, config, ports.source),
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
  armFailpoint(config.RUNLEDGER_FAILPOINT);
  const logger = createLogger('mlflow', config.RUNLEDGER_LOG_LEVEL);
  const server = await serve({ scope, config, logger, name: 'mlflow' });
  return `the MLflow door is ready at ${server.url}`;
});
