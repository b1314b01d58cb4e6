import { type Consumption, type Log } from '@runledger/bus';
import type { ClickHouse } from '@runledger/clickhouse';
import type { Logger, Scope } from '@runledger/kernel';
import type { Live } from '@runledger/live';
import type { DataSource } from 'typeorm';
import { createDeadLetters } from './dead-letters';
import { metadataConsumer } from './metadata-room';
import { SeriesRoller } from './series-roller';
import { SERIES_GROUP, seriesConsumer } from './series-room';

export type ProjectorPorts = Readonly<{
  log: Log;
  source: DataSource;
  clickhouse: ClickHouse;
  live: Live;
  logger: Logger;
  /** Names this process in the leases, for people who look. */
  holder: string;
}>;

const stopping = (consumption: Consumption) => ({ value: consumption, stop: () => consumption.stop() });

/** Opens both rooms: facts and decisions into Postgres, metric batches into ClickHouse. */
export async function openProjector(scope: Scope, ports: ProjectorPorts): Promise<void> {
  const { log, source, clickhouse, live, logger, holder } = ports;
  const roller = new SeriesRoller({ source, clickhouse, logger });
  const deadLetters = createDeadLetters(log, SERIES_GROUP);
  const series = seriesConsumer({ log, source, clickhouse, live, logger, holder, roller, deadLetters });
  await scope.start('the roller', async () => {
    roller.start();
    return { value: roller, stop: () => roller.stop() };
  });
  await scope.start('the series room', async () => stopping(await log.consume(series)));
  const metadata = metadataConsumer({ log, source, live, logger, holder });
  await scope.start('the metadata room', async () => stopping(await log.consume(metadata)));
}
