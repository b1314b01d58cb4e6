import 'reflect-metadata';
import {
  type Authenticator,
  createKeyAuthenticator,
  createKeyStore,
  createKeyTable,
  openToAll,
  PERMISSIONS,
} from '@runledger/access';
import { artifactChoice, openArtifacts } from '@runledger/artifacts';
import { type Log, openLog } from '@runledger/bus';
import { createCommands } from '@runledger/commands';
import { TOPICS } from '@runledger/contracts';
import { type HttpServer, serveHttp } from '@runledger/http';
import { openJournal, startRelay } from '@runledger/journal';
import { armFailpoint, createLogger, type Logger, readConfig, runProcess, type Scope } from '@runledger/kernel';
import { migratePostgres, openDataSource } from '@runledger/postgres';
import { type IngestConfig, ingestSettings } from './ingest.config';
import { IngestModule } from './ingest.module';

type Opening = Readonly<{ scope: Scope; config: IngestConfig; logger: Logger }>;
type Source = Awaited<ReturnType<typeof openDataSource>>;

const chosenLog = ({ config, logger }: Opening): Promise<Log> =>
  openLog({
    kind: config.RUNLEDGER_LOG,
    postgresUrl: config.RUNLEDGER_POSTGRES_URL,
    brokers: config.RUNLEDGER_KAFKA_BROKERS,
    clientId: `ingest-${process.pid}`,
    logger,
  });

async function openEngines(opening: Opening): Promise<{ source: Source; log: Log }> {
  const { scope, config, logger } = opening;
  const source = await scope.start('Postgres', async () => {
    const value = await openDataSource(config.RUNLEDGER_POSTGRES_URL, {
      poolSize: config.RUNLEDGER_POSTGRES_CONNECTIONS,
    });
    return { value, stop: () => value.destroy() };
  });
  await migratePostgres(source);
  const log = await scope.start('the log', async () => {
    const value = await chosenLog(opening);
    return { value, stop: () => value.close() };
  });
  await scope.start('the relay', async () => {
    const value = startRelay({ source, log, logger });
    return { value, stop: () => value.stop() };
  });
  return { source, log };
}

/** The chosen key is made once; a second start with the same one changes nothing. */
async function openDoor({ config, logger }: Opening, source: Source): Promise<Authenticator> {
  if (!config.RUNLEDGER_AUTH) return openToAll(config.RUNLEDGER_HOST);
  const store = createKeyStore(source);
  const key = config.RUNLEDGER_ADMIN_KEY;
  if (key !== undefined)
    await store.create({ workspace: 'default', label: 'admin', actor: 'admin', permissions: PERMISSIONS, key });
  return createKeyAuthenticator(createKeyTable(store, logger));
}

async function serve(opening: Opening): Promise<HttpServer> {
  const { scope, config, logger } = opening;
  const { source, log } = await openEngines(opening);
  const artifacts = await openArtifacts(artifactChoice(config));
  const authenticator = await openDoor(opening, source);
  const commands = createCommands(openJournal(source));
  await commands.provide('default');
  const limits = {
    publishTimeoutMs: config.RUNLEDGER_INGEST_PUBLISH_TIMEOUT_MS,
    pendingBytes: config.RUNLEDGER_INGEST_PENDING_BYTES,
    artifactBytes: config.RUNLEDGER_INGEST_ARTIFACT_BYTES,
  };
  return scope.start('the HTTP door', async () => {
    const value = await serveHttp({
      modules: [IngestModule.register({ log, commands, artifacts, limits })],
      host: config.RUNLEDGER_HOST,
      port: config.RUNLEDGER_PORT,
      hostNames: config.RUNLEDGER_HOST_NAMES,
      authenticator,
      logger,
      // Not the journal: while it is away, facts are still taken where the log is on Kafka, and keys are known.
      checks: { log: () => log.ends([TOPICS.runs.name]) },
    });
    return { value, stop: () => value.close() };
  });
}

void runProcess('ingest', async ({ scope }) => {
  const config = readConfig(ingestSettings, process.env);
  armFailpoint(config.RUNLEDGER_FAILPOINT);
  const logger = createLogger('ingest', config.RUNLEDGER_LOG_LEVEL);
  const server = await serve({ scope, config, logger });
  return `ingest is ready at ${server.url}`;
});
