import 'reflect-metadata';
import { artifactChoice, openArtifacts, tellErased, tellExpired } from '@runledger/artifacts';
import { createCommands } from '@runledger/commands';
import {
  openAnswersBy,
  openStorageLimits,
  type Opening as Starting,
  startClickHouse,
  startDoor,
  startLimits,
  startLog,
  startPersonal,
  startPostgres,
  startSignals,
  startWebhooks,
} from '@runledger/engines';
import { createArtifactDoor, createRefusingLog, openDeletions, openExpiredSet } from '@runledger/erasure';
import { openOversight } from '@runledger/governance';
import type { HttpServer } from '@runledger/http';
import { openJournal } from '@runledger/journal';
import { armFailpoint, createLogger, readConfig, runProcess } from '@runledger/kernel';
import { createSealingJournal, createSealingLog } from '@runledger/personal';
import { createErasedArtifacts, createExpiredArtifacts, migratePostgres } from '@runledger/postgres';
import { type MlflowConfig, mlflowSettings } from './mlflow.config';
import { MlflowModule } from './mlflow.module';
import { MLFLOW_ERRORS } from './mlflow-errors';
import type { MlflowPorts } from './mlflow-room';

type Opening = Starting & Readonly<{ config: MlflowConfig }>;

async function openPorts(opening: Opening): Promise<MlflowPorts & Required<Pick<MlflowPorts, 'quotas' | 'personal'>>> {
  const { config, scope, logger } = opening;
  const source = await startPostgres(opening, config);
  await migratePostgres(source);
  const clickhouse = await startClickHouse(opening, config);
  const live = await startSignals(opening, config);
  const personal = await startPersonal(opening, config, source);
  const expired = await openExpiredSet(scope, source, logger);
  const deletions = await openDeletions(scope, source, logger);
  const log = createRefusingLog(createSealingLog(await startLog(opening, config, source), personal), expired);
  const store = await openArtifacts(artifactChoice(config));
  const artifacts = tellExpired(tellErased(store, createErasedArtifacts(source)), createExpiredArtifacts(source));
  const artifactDoor = createArtifactDoor(source, artifacts.locks, expired);
  const journal = createSealingJournal(openJournal(source), personal);
  const commands = createCommands(journal, openOversight({ source, log, live }));
  const { door: webhooks } = await startWebhooks(opening, config, { source, commands });
  const pageSecret = config.RUNLEDGER_PAGE_SECRET;
  const quotas = await startLimits(opening, config);
  const storage = openStorageLimits(source, config);
  const served = { artifacts, artifactDoor, commands, webhooks, deletions, pageSecret, quotas, storage, personal };
  return { source, clickhouse, live, log, ...served };
}

async function serve(opening: Opening): Promise<HttpServer> {
  const ports = await openPorts(opening);
  return startDoor(opening, opening.config, {
    modules: [MlflowModule.register(ports)],
    dialects: [MLFLOW_ERRORS],
    source: ports.source,
    quotas: ports.quotas,
    openAnswer: openAnswersBy(ports.personal),
    checks: {
      postgres: () => ports.source.query('select 1'),
      clickhouse: () => ports.clickhouse.rows('select 1'),
    },
  });
}

void runProcess('the MLflow door', async ({ scope }) => {
  const config = readConfig(mlflowSettings, process.env);
  armFailpoint(config.RUNLEDGER_FAILPOINT);
  const logger = createLogger('mlflow', config.RUNLEDGER_LOG_LEVEL);
  const server = await serve({ scope, config, logger, name: 'mlflow' });
  return `the MLflow door is ready at ${server.url}`;
});
