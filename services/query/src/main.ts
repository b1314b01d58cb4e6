import 'reflect-metadata';
import path from 'node:path';
import { artifactChoice, openArtifacts, tellErased, tellExpired } from '@runledger/artifacts';
import {
  openAnswersBy,
  openPersonalReads,
  openStorageLimits,
  type Opening as Starting,
  startClickHouse,
  startDoor,
  startLimits,
  startLog,
  startPostgres,
  startSignals,
} from '@runledger/engines';
import type { HttpServer } from '@runledger/http';
import { armFailpoint, createLogger, readConfig, runProcess } from '@runledger/kernel';
import { createErasedArtifacts, createExpiredArtifacts } from '@runledger/postgres';
import { type QueryConfig, querySettings } from './query.config';
import { QueryModule } from './query.module';
import type { QueryPorts } from './query-ports';
import { openWebPages } from './web-pages';

type Opening = Starting & Readonly<{ config: QueryConfig }>;

async function openPorts(opening: Opening): Promise<QueryPorts & Required<Pick<QueryPorts, 'quotas' | 'personal'>>> {
  const { config } = opening;
  const source = await startPostgres(opening, config);
  const clickhouse = await startClickHouse(opening, config);
  const live = await startSignals(opening, config);
  const log = await startLog(opening, config, source);
  const store = await openArtifacts(artifactChoice(config));
  const artifacts = tellExpired(tellErased(store, createErasedArtifacts(source)), createExpiredArtifacts(source));
  const personal = await openPersonalReads(config);
  const web = await openWebPages(path.join(__dirname, '../../web/dist'));
  const quotas = await startLimits(opening, config);
  const storage = openStorageLimits(source, config);
  const pageSecret = config.RUNLEDGER_PAGE_SECRET;
  return { source, clickhouse, live, log, artifacts, web, quotas, storage, pageSecret, personal };
}

async function serve(opening: Opening): Promise<HttpServer> {
  const ports = await openPorts(opening);
  return startDoor(opening, opening.config, {
    modules: [QueryModule.register(ports)],
    source: ports.source,
    quotas: ports.quotas,
    openAnswer: openAnswersBy(ports.personal),
    checks: {
      postgres: () => ports.source.query('select 1'),
      clickhouse: () => ports.clickhouse.rows('select 1'),
    },
  });
}

void runProcess('the query service', async ({ scope }) => {
  const config = readConfig(querySettings, process.env);
  armFailpoint(config.RUNLEDGER_FAILPOINT);
  const logger = createLogger('query', config.RUNLEDGER_LOG_LEVEL);
  const server = await serve({ scope, config, logger, name: 'query' });
  return `the query service is ready at ${server.url}`;
});
