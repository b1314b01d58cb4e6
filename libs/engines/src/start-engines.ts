import { type Log, openLog } from '@runledger/bus';
import { type ClickHouse, openHttpClickHouse } from '@runledger/clickhouse';
import type { Logger, Scope } from '@runledger/kernel';
import { type Live, openLive } from '@runledger/live';
import { openDataSource } from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import { type ArchiveChoice, openArchive, type WholeLog } from './open-archive';

/** Of the process that opens something: what owns it, and under which name it is known to others. */
export type Opening = Readonly<{ scope: Scope; logger: Logger; name: string }>;

type PostgresChoice = Readonly<{ RUNLEDGER_POSTGRES_URL: string; RUNLEDGER_POSTGRES_CONNECTIONS: number }>;
type LogChoice = ArchiveChoice &
  Readonly<{
    RUNLEDGER_LOG: 'postgres' | 'kafka';
    RUNLEDGER_KAFKA_BROKERS?: readonly string[] | undefined;
    RUNLEDGER_POSTGRES_URL: string;
  }>;

export const startPostgres = ({ scope }: Opening, config: PostgresChoice): Promise<DataSource> =>
  scope.start('Postgres', async () => {
    const poolSize = config.RUNLEDGER_POSTGRES_CONNECTIONS;
    const value = await openDataSource(config.RUNLEDGER_POSTGRES_URL, { poolSize });
    return { value, stop: () => value.destroy() };
  });

/** The log, and the archive that stands before it where the settings name one. */
export const startWholeLog = (
  { scope, logger, name }: Opening,
  config: LogChoice,
  source: DataSource,
): Promise<WholeLog> =>
  scope.start('the log', async () => {
    const native = await openLog({
      kind: config.RUNLEDGER_LOG,
      postgresUrl: config.RUNLEDGER_POSTGRES_URL,
      brokers: config.RUNLEDGER_KAFKA_BROKERS,
      clientId: `${name}-${process.pid}`,
      logger,
    });
    const value = await openArchive(native, config, source);
    return { value, stop: () => native.close() };
  });

export const startLog = async (opening: Opening, config: LogChoice, source: DataSource): Promise<Log> =>
  (await startWholeLog(opening, config, source)).log;

export const startClickHouse = (
  { scope }: Opening,
  config: Readonly<{ RUNLEDGER_CLICKHOUSE_URL: string }>,
): Promise<ClickHouse> =>
  scope.start('ClickHouse', async () => {
    const value = await openHttpClickHouse({ url: config.RUNLEDGER_CLICKHOUSE_URL });
    return { value, stop: () => value.close() };
  });

export const startSignals = (
  { scope, logger }: Opening,
  config: Readonly<{ RUNLEDGER_REDIS_URL?: string | undefined }>,
): Promise<Live> =>
  scope.start('signals', async () => {
    const value = await openLive(config.RUNLEDGER_REDIS_URL, logger);
    return { value, stop: () => value.close() };
  });
