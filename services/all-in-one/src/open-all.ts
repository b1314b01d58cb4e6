import path from 'node:path';
import { createAuthenticator, createKeyStore, openToAll } from '@runledger/access';
import { type Artifacts, artifactChoice, openArtifacts, tellErased, tellExpired } from '@runledger/artifacts';
import { openPostgresLog } from '@runledger/bus';
import { type ClickHouse, migrateClickHouse, openEmbeddedClickHouse } from '@runledger/clickhouse';
import { createCommands } from '@runledger/commands';
import { openCourier } from '@runledger/courier';
import {
  openAnswersBy,
  openArchive,
  openStorageLimits,
  startExportRecord,
  startPersonal,
  startRefusals,
  stonesChoice,
  type WholeLog,
} from '@runledger/engines';
import {
  createRefusingLog,
  ErasureModule,
  openArtifactPolicies,
  openDeletions,
  openErasure,
  openExpiredSet,
  openExpirer,
} from '@runledger/erasure';
import { openOversight } from '@runledger/governance';
import { type HttpServer, readTls, serveHttp } from '@runledger/http';
import { IngestModule, recordOperatorKeys } from '@runledger/ingest';
import { openJournal, startRelay } from '@runledger/journal';
import type { Logger, Scope } from '@runledger/kernel';
import { type Limits, openInProcessLimits } from '@runledger/limits';
import { type Live, openInProcessLive } from '@runledger/live';
import { MLFLOW_ERRORS, MlflowModule } from '@runledger/mlflow';
import { archiveAges, NotaryModule, openNextKey, openNotary, openSigningKey } from '@runledger/notary';
import { openPeopleOptions, PeopleModule, TOKEN_ERRORS } from '@runledger/people';
import { createSealingJournal, createSealingLog } from '@runledger/personal';
import {
  createErasedArtifacts,
  createExpiredArtifacts,
  createRunClaims,
  lockFolder,
  migratePostgres,
  openDataSource,
  openEmbeddedPostgres,
} from '@runledger/postgres';
import { createCheckMetrics, openProjector, openUpkeep, UpkeepModule } from '@runledger/projector';
import { openWebPages, QueryModule } from '@runledger/query';
import { openWebhooks } from '@runledger/webhooks';
import type { DataSource } from 'typeorm';
import { provideAdminKey } from './admin-key';
import type { AllInOneConfig } from './all-in-one.config';

type Opening = Readonly<{
  scope: Scope;
  config: AllInOneConfig;
  dataDir: string;
  logger: Logger;
  onCrash: (why: string) => void;
}>;
type Engines = Readonly<{ source: DataSource; clickhouse: ClickHouse; live: Live; quotas: Limits }> & WholeLog;

const SQL_CONNECTIONS = 20;
const HOUR_MS = 3_600_000;

async function openPostgres({
  scope,
  dataDir,
  logger,
  onCrash,
}: Opening): Promise<{ url: string; source: DataSource }> {
  const postgres = await scope.start('Postgres', async () => {
    const value = await openEmbeddedPostgres({ dataDir: path.join(dataDir, 'postgres'), log: logger, onExit: onCrash });
    return { value, stop: () => value.stop() };
  });
  const source = await scope.start('the connection to Postgres', async () => {
    const value = await openDataSource(postgres.socketUrl, { poolSize: SQL_CONNECTIONS });
    return { value, stop: () => value.destroy() };
  });
  await migratePostgres(source);
  return { url: postgres.socketUrl, source };
}

async function openClickHouse({ scope, dataDir }: Opening): Promise<ClickHouse> {
  const clickhouse = await scope.start('the series engine', async () => {
    const value = await openEmbeddedClickHouse({ dataDir: path.join(dataDir, 'clickhouse') });
    return { value, stop: () => value.close() };
  });
  await migrateClickHouse(clickhouse, { fsync: true });
  return clickhouse;
}

async function openEngines(opening: Opening): Promise<Engines> {
  const { scope, logger } = opening;
  const [{ url, source }, clickhouse] = [await openPostgres(opening), await openClickHouse(opening)];
  const whole = await scope.start('the log', async () => {
    const native = await openPostgresLog({ url, logger });
    const value = await openArchive(native, opening.config, source);
    return { value, stop: () => native.close() };
  });
  const live = openInProcessLive(logger);
  scope.own('signals', () => live.close());
  const quotas = openInProcessLimits({
    workspace: opening.config.RUNLEDGER_LIMITS_WORKSPACE,
    project: opening.config.RUNLEDGER_LIMITS_PROJECT,
    caller: opening.config.RUNLEDGER_LIMITS_CALLER,
  });
  return { source, clickhouse, ...whole, live, quotas };
}

/** What is said of people is sealed by keys in the data folder, which are left out where its backups are made. */
function personalPlace({ config, dataDir }: Opening) {
  return {
    RUNLEDGER_PERSONAL_KEYS: config.RUNLEDGER_PERSONAL_KEYS ?? path.join(dataDir, 'personal'),
    RUNLEDGER_PERSONAL_KEY: config.RUNLEDGER_PERSONAL_KEY ?? path.join(dataDir, 'personal.key'),
    RUNLEDGER_PERSONAL_CLEAR: config.RUNLEDGER_PERSONAL_CLEAR,
  };
}

async function openStore({ config, dataDir }: Opening, source: DataSource): Promise<Artifacts> {
  const place = config.RUNLEDGER_ARTIFACTS ?? path.join(dataDir, 'artifacts');
  const artifacts = await openArtifacts(artifactChoice({ ...config, RUNLEDGER_ARTIFACTS: place }));
  return tellExpired(tellErased(artifacts, createErasedArtifacts(source)), createExpiredArtifacts(source));
}

type LedgerParts = Readonly<{ source: DataSource; artifacts: Artifacts; holder: string }> & WholeLog;

/** Opens the notary, and answers by what its logs are known. */
async function openLedger({ scope, config, dataDir, logger }: Opening, parts: LedgerParts) {
  const host = config.RUNLEDGER_NOTARY_HOST;
  const key = await openSigningKey(path.join(dataDir, 'notary.key'), host);
  const nextKey = await openNextKey(config.RUNLEDGER_NOTARY_NEXT_KEY, host);
  const { RUNLEDGER_NOTARY_SINKS: sinks, RUNLEDGER_NOTARY_WITNESSES: witnesses } = config;
  const { RUNLEDGER_S3_REGION: region, RUNLEDGER_S3_ENDPOINT: endpoint } = config;
  const sinkLock = { days: config.RUNLEDGER_NOTARY_LOCK_DAYS, region, endpoint };
  const checkHours = config.RUNLEDGER_CHECK_HOURS;
  const ages = archiveAges(config);
  await openNotary(scope, { ...parts, logger, host, key, nextKey, sinks, witnesses, sinkLock, checkHours, ages });
  return { host, key, ages };
}

const openRelay = ({ scope, logger }: Opening, { source, log }: Engines) =>
  scope.start('the relay', async () => {
    const value = startRelay({ source, log, logger });
    return { value, stop: () => value.stop() };
  });

async function openRooms(opening: Opening, engines: Engines) {
  const { scope, config, dataDir, logger } = opening;
  const { source, clickhouse, log, archive, live, quotas } = engines;
  const personal = await startPersonal(opening, personalPlace(opening), source);
  const expired = await openExpiredSet(scope, source, logger);
  const deletions = await openDeletions(scope, source, logger);
  const sealing = createRefusingLog(createSealingLog(log, personal), expired);
  const journal = createSealingJournal(openJournal(source), personal);
  const oversight = openOversight({ source, log, live });
  const commands = createCommands(journal, oversight);
  await commands.provide('default');
  const artifacts = await openStore(opening, source);
  const erasing = { source, personal, artifacts, stones: stonesChoice(config), logger };
  const { eraser, people } = await openErasure(scope, erasing);
  await recordOperatorKeys(createKeyStore(source), commands);
  await startExportRecord(opening, { source, commands });
  await openRelay(opening, engines);
  const holder = `all-in-one/${process.pid}`;
  await openProjector(scope, { log, source, clickhouse, live, logger, holder });
  const upkeep = { log, source, clickhouse, logger, holder };
  await openExpirer(scope, { source, log, clickhouse, commands, logger });
  const artifactDoor = await openArtifactPolicies(scope, { source, log, artifacts, expired, logger });
  const checkHours = config.RUNLEDGER_CHECK_HOURS;
  await openUpkeep(scope, upkeep, { checkHours });
  const storage = openStorageLimits(source, config);
  const ledger = await openLedger(opening, { log, archive, source, artifacts, holder });
  const { door: webhooks, ...calls } = await openWebhooks({
    source,
    commands,
    keyFile: config.RUNLEDGER_SECRET_KEY ?? path.join(dataDir, 'secret.key'),
    ranges: config.RUNLEDGER_WEBHOOK_RANGES,
  });
  scope.own('calls to webhooks', () => calls.outbound.close());
  await openCourier(scope, { log, source, commands, ...calls, logger, holder });
  const web = await openWebPages(path.join(__dirname, '../../web/dist'));
  const refusals = await startRefusals({ scope, logger }, source, commands);
  const kept = { source, clickhouse, live, artifacts, quotas, storage, personal };
  const modules = [
    PeopleModule.register({ source, commands, refusals, personal, options: await openPeopleOptions(config) }),
    ErasureModule.register({
      ...{ source, commands, personal, people, eraser, locks: artifacts.locks, incarnation: log.incarnation },
      retentionDelayMs: config.RUNLEDGER_RETENTION_DELAY_HOURS * HOUR_MS,
    }),
    IngestModule.register({
      ...{ log: sealing, commands, artifacts, artifactDoor, webhooks },
      quotas,
      storage,
      keys: createKeyStore(source),
      places: createRunClaims(source),
      ...{ deletions, settled: oversight },
    }),
    QueryModule.register({ log, web, ...kept }),
    MlflowModule.register({ log: sealing, webhooks, commands, deletions, artifactDoor, ...kept }),
    NotaryModule.register({ ...{ source, log, archive, clickhouse, artifacts, personal, logger }, ...ledger }),
    UpkeepModule.register({ ...upkeep, log: createRefusingLog(log, expired), commands }),
  ];
  return { modules, refusals, openAnswer: openAnswersBy(personal) };
}

/**
 * Everything in one process: engines first, then the rooms, then the door. What was opened is the scope's to close.
 * Another process on the same data folder is refused before anything is touched.
 */
export async function openAll(opening: Opening): Promise<{ server: HttpServer; adminKey: string }> {
  const { scope, config, dataDir, logger } = opening;
  const everybody = config.RUNLEDGER_AUTH ? undefined : openToAll(config.RUNLEDGER_HOST);
  const lock = lockFolder(dataDir);
  scope.own('the data folder', () => lock.release());
  const engines = await openEngines(opening);
  const adminKey = await provideAdminKey(engines.source, dataDir, config.RUNLEDGER_ADMIN_KEY);
  const { modules, refusals, openAnswer } = await openRooms(opening, engines);
  const authenticator = everybody ?? createAuthenticator(createKeyStore(engines.source), logger);
  const server = await scope.start('the HTTP door', async () => {
    const value = await serveHttp({
      modules,
      noteRefusal: refusals.ofRoute,
      dialects: [MLFLOW_ERRORS, TOKEN_ERRORS],
      quotas: engines.quotas,
      openAnswer,
      registry: createCheckMetrics(engines.source),
      host: config.RUNLEDGER_HOST,
      port: config.RUNLEDGER_PORT,
      hostNames: config.RUNLEDGER_HOST_NAMES,
      trustedProxies: config.RUNLEDGER_TRUSTED_PROXIES,
      tls: readTls(config.RUNLEDGER_TLS_CERT, config.RUNLEDGER_TLS_KEY),
      authenticator,
      logger,
      checks: {
        postgres: async () => void (await engines.source.query('select 1')),
        clickhouse: async () => void (await engines.clickhouse.rows('select 1')),
      },
    });
    return { value, stop: () => value.close() };
  });
  return { server, adminKey };
}
