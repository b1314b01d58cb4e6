import 'reflect-metadata';
import { createKeyStore } from '@runledger/access';
import { artifactChoice, openArtifacts, tellExpired } from '@runledger/artifacts';
import type { Log } from '@runledger/bus';
import { createCommands } from '@runledger/commands';
import { TOPICS } from '@runledger/contracts';
import {
  openAnswersBy,
  openStorageLimits,
  type Opening as Starting,
  startDoor,
  startExportRecord,
  startLimits,
  startLog,
  startPersonal,
  startPostgres,
  startRefusals,
  startSignals,
  startWebhooks,
  stonesChoice,
} from '@runledger/engines';
import {
  createRefusingLog,
  ErasureModule,
  openArtifactPolicies,
  openDeletions,
  openErasure,
  openExpiredSet,
} from '@runledger/erasure';
import { openOversight } from '@runledger/governance';
import type { HttpServer } from '@runledger/http';
import { openJournal, startRelay } from '@runledger/journal';
import { armFailpoint, createLogger, readConfig, runProcess } from '@runledger/kernel';
import { openPeopleOptions, PeopleModule, TOKEN_ERRORS } from '@runledger/people';
import { createSealingJournal, createSealingLog } from '@runledger/personal';
import { createExpiredArtifacts, createRunClaims, migratePostgres } from '@runledger/postgres';
import { type IngestConfig, ingestSettings } from './ingest.config';
import { IngestModule } from './ingest.module';
import { recordOperatorKeys } from './record-operator-keys';

const HOUR_MS = 3_600_000;

type Opening = Starting & Readonly<{ config: IngestConfig }>;
type Source = Awaited<ReturnType<typeof startPostgres>>;

async function openEngines(opening: Opening): Promise<{ source: Source; log: Log }> {
  const { scope, config, logger } = opening;
  const source = await startPostgres(opening, config);
  await migratePostgres(source);
  const log = await startLog(opening, config, source);
  await scope.start('the relay', async () => {
    const value = startRelay({ source, log, logger });
    return { value, stop: () => value.stop() };
  });
  return { source, log };
}

/** The chosen key is made once; a second start with the same one changes nothing. */
async function provideKey(source: Source, key: string | undefined): Promise<void> {
  if (key === undefined) return;
  const admin = { workspace: 'default', label: 'admin', actor: 'admin', permissions: ['admin'] as const, key };
  await createKeyStore(source).create(admin);
}

async function serve(opening: Opening): Promise<HttpServer> {
  const { config, logger } = opening;
  const { source, log } = await openEngines(opening);
  const artifacts = tellExpired(await openArtifacts(artifactChoice(config)), createExpiredArtifacts(source));
  if (config.RUNLEDGER_AUTH) await provideKey(source, config.RUNLEDGER_ADMIN_KEY);
  const live = await startSignals(opening, config);
  const personal = await startPersonal(opening, config, source);
  const journal = createSealingJournal(openJournal(source), personal);
  const oversight = openOversight({ source, log, live });
  const commands = createCommands(journal, oversight);
  await commands.provide('default');
  await recordOperatorKeys(createKeyStore(source), commands);
  await startExportRecord(opening, { source, commands });
  const expired = await openExpiredSet(opening.scope, source, logger);
  const deletions = await openDeletions(opening.scope, source, logger);
  const erasing = { source, personal, artifacts, stones: stonesChoice(config), logger };
  const { eraser, people } = await openErasure(opening.scope, erasing);
  const artifactDoor = await openArtifactPolicies(opening.scope, { source, log, artifacts, expired, logger });
  const { door: webhooks } = await startWebhooks(opening, config, { source, commands });
  const limits = {
    publishTimeoutMs: config.RUNLEDGER_INGEST_PUBLISH_TIMEOUT_MS,
    pendingBytes: config.RUNLEDGER_INGEST_PENDING_BYTES,
    artifactBytes: config.RUNLEDGER_INGEST_ARTIFACT_BYTES,
  };
  const quotas = await startLimits(opening, config);
  const refusals = await startRefusals(opening, source, commands);
  return startDoor(opening, config, {
    modules: [
      PeopleModule.register({ source, commands, refusals, personal, options: await openPeopleOptions(config) }),
      ErasureModule.register({
        ...{ source, commands, personal, people, eraser, locks: artifacts.locks, incarnation: log.incarnation },
        retentionDelayMs: config.RUNLEDGER_RETENTION_DELAY_HOURS * HOUR_MS,
      }),
      IngestModule.register({
        log: createRefusingLog(createSealingLog(log, personal), expired),
        commands,
        artifacts,
        artifactDoor,
        webhooks,
        keys: createKeyStore(source),
        places: createRunClaims(source),
        ...{ deletions, settled: oversight },
        limits,
        quotas,
        storage: openStorageLimits(source, config),
      }),
    ],
    quotas,
    openAnswer: openAnswersBy(personal),
    noteRefusal: refusals.ofRoute,
    dialects: [TOKEN_ERRORS],
    source,
    // Not the journal: while it is away, facts are still taken where the log is on Kafka, and keys are known.
    checks: { log: () => log.ends([TOPICS.runs.name]) },
  });
}

void runProcess('ingest', async ({ scope }) => {
  const config = readConfig(ingestSettings, process.env);
  armFailpoint(config.RUNLEDGER_FAILPOINT);
  const logger = createLogger('ingest', config.RUNLEDGER_LOG_LEVEL);
  const server = await serve({ scope, config, logger, name: 'ingest' });
  return `ingest is ready at ${server.url}`;
});
