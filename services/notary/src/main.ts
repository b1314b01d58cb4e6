import 'reflect-metadata';
import { artifactChoice, openArtifacts, tellErased, tellExpired } from '@runledger/artifacts';
import {
  openAnswersBy,
  openPersonalReads,
  type Opening as Starting,
  startClickHouse,
  startDoor,
  startLimits,
  startPostgres,
  startWholeLog,
} from '@runledger/engines';
import type { HttpServer } from '@runledger/http';
import { armFailpoint, createLogger, readConfig, runProcess } from '@runledger/kernel';
import { createErasedArtifacts, createExpiredArtifacts, migratePostgres } from '@runledger/postgres';
import { archiveAges } from './archive-ages';
import { type NotaryConfig, notarySettings } from './notary.config';
import { NotaryModule, openNotary } from './notary.module';
import { openNextKey, openSigningKey } from './signing-key';

type Opening = Starting & Readonly<{ config: NotaryConfig }>;

const lockOf = (config: NotaryConfig) => ({
  days: config.RUNLEDGER_NOTARY_LOCK_DAYS,
  region: config.RUNLEDGER_S3_REGION,
  endpoint: config.RUNLEDGER_S3_ENDPOINT,
});

async function openRoom(opening: Opening) {
  const { scope, config, logger } = opening;
  const host = config.RUNLEDGER_NOTARY_HOST;
  const key = await openSigningKey(config.RUNLEDGER_NOTARY_KEY, host);
  const source = await startPostgres(opening, config);
  await migratePostgres(source);
  const { log, archive } = await startWholeLog(opening, config, source);
  const ages = archiveAges(config);
  const holder = `notary/${process.pid}`;
  const nextKey = await openNextKey(config.RUNLEDGER_NOTARY_NEXT_KEY, host);
  const segmentMs = config.RUNLEDGER_NOTARY_SEGMENT_MS;
  const { RUNLEDGER_NOTARY_SINKS: sinks, RUNLEDGER_NOTARY_WITNESSES: witnesses } = config;
  const store = await openArtifacts(artifactChoice(config));
  const artifacts = tellExpired(tellErased(store, createErasedArtifacts(source)), createExpiredArtifacts(source));
  await openNotary(scope, {
    source,
    log,
    artifacts,
    checkHours: config.RUNLEDGER_CHECK_HOURS,
    logger,
    holder,
    host,
    key,
    nextKey,
    segmentMs,
    sinks,
    witnesses,
    sinkLock: lockOf(config),
    archive,
    ages,
  });
  const url = config.RUNLEDGER_CLICKHOUSE_URL;
  const clickhouse = url === undefined ? null : await startClickHouse(opening, { RUNLEDGER_CLICKHOUSE_URL: url });
  const personal = await openPersonalReads(config);
  return { source, log, clickhouse, artifacts, host, key, personal, logger, archive, ages };
}

async function serve(opening: Opening): Promise<HttpServer> {
  const ports = await openRoom(opening);
  const { source } = ports;
  return startDoor(opening, opening.config, {
    quotas: await startLimits(opening, opening.config),
    modules: [NotaryModule.register(ports)],
    source,
    openAnswer: openAnswersBy(ports.personal),
    checks: { postgres: () => source.query('select 1') },
  });
}

void runProcess('the notary', async ({ scope }) => {
  const config = readConfig(notarySettings, process.env);
  armFailpoint(config.RUNLEDGER_FAILPOINT);
  const logger = createLogger('notary', config.RUNLEDGER_LOG_LEVEL);
  const server = await serve({ scope, config, logger, name: 'notary' });
  return `the notary is ready at ${server.url}`;
});
