import type { Artifacts } from '@runledger/artifacts';
import type { ClickHouse } from '@runledger/clickhouse';
import type { PersonOf } from '@runledger/governance';
import type { Limits, StorageLimits } from '@runledger/limits';
import type { Live } from '@runledger/live';
import type { PersonalData } from '@runledger/personal';
import type { openDataSource } from '@runledger/postgres';
import type { LogPast } from '@runledger/reads';
import type { WebPages } from './web-pages';

/** Postgres, as libs/postgres opens it. */
export type Postgres = Awaited<ReturnType<typeof openDataSource>>;

/** What the read side needs. Opened by main, or by all-in-one; never in here. */
export type QueryPorts = Readonly<{
  source: Postgres;
  clickhouse: ClickHouse;
  log: LogPast;
  live: Live;
  artifacts: Artifacts;
  /** Whose an actor is, as the doors for commands know it; each is a person of its own when absent. */
  personOf?: PersonOf;
  /** The web interface; no page is served when absent. */
  web?: WebPages;
  /** Opens what is sealed of people, to find it by what it says; nothing is found so when absent. */
  personal?: PersonalData | null;
  /** What callers may have; unlimited when absent. */
  quotas?: Limits;
  /** What may be kept; unlimited when absent. */
  storage?: StorageLimits;
  /** Signs page tokens. Processes that serve the same clients share it; a random one when absent. */
  pageSecret?: string | undefined;
}>;
