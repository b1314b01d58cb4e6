import { randomBytes } from 'node:crypto';
import type { Log } from '@runledger/bus';
import { type ClickHouse, createShadowPoints } from '@runledger/clickhouse';
import type { Commands } from '@runledger/commands';
import type { Logger } from '@runledger/kernel';
import { createLetterReads, type LetterReads } from '@runledger/postgres';
import { createPageTokens, type PageTokens } from '@runledger/reads';
import type { DataSource } from 'typeorm';
import type { CheckDeps } from './check-projection';

export const UPKEEP = Symbol('upkeep');

/** What looks after the projections needs. */
export type UpkeepPorts = Readonly<{
  log: Log;
  source: DataSource;
  clickhouse: ClickHouse;
  commands: Pick<Commands, 'run'>;
  logger: Logger;
  /** Names this process in the leases, for people who look. */
  holder: string;
}>;

export type UpkeepRoom = Readonly<{
  log: Pick<Log, 'incarnation' | 'read' | 'publish'>;
  source: DataSource;
  commands: Pick<Commands, 'run'>;
  letters: LetterReads;
  pages: PageTokens;
  checks: CheckDeps;
}>;

export const checkDeps = ({ log, source, clickhouse, logger, holder }: Omit<UpkeepPorts, 'commands'>): CheckDeps => ({
  log,
  source,
  clickhouse,
  logger,
  holder: `${holder}/upkeep`,
  pointsOf: (name) => createShadowPoints(clickhouse, name),
  ends: (topics) => log.ends(topics),
});

export const openUpkeepRoom = (ports: UpkeepPorts): UpkeepRoom => ({
  log: ports.log,
  source: ports.source,
  commands: ports.commands,
  letters: createLetterReads(ports.source),
  pages: createPageTokens(randomBytes(32)),
  checks: checkDeps(ports),
});
