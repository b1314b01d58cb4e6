import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { type Consumer, type Log, LogTransport } from '@runledger/bus';
import type { ClickHouse } from '@runledger/clickhouse';
import type { Logger, Scope } from '@runledger/kernel';
import type { Live } from '@runledger/live';
import { PROJECTIONS, registerProjection } from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import { ConsoleController } from './console.controller';
import { consoleConsumer } from './console-room';
import { createDeadLetters } from './dead-letters';
import { MetadataController } from './metadata.controller';
import { metadataConsumer } from './metadata-room';
import { PROJECTION_VERSIONS } from './projection-versions';
import { ROOM } from './room-token';
import { SeriesController } from './series.controller';
import { SeriesRoller } from './series-roller';
import { SERIES_GROUP, seriesConsumer } from './series-room';
import { watchThresholds } from './series-thresholds';

export type ProjectorPorts = Readonly<{
  log: Log;
  source: DataSource;
  clickhouse: ClickHouse;
  live: Live;
  logger: Logger;
  /** Names this process in the leases, for people who look. */
  holder: string;
}>;

class RoomModule {}

const roomModule = (controller: Type, consumer: Consumer): DynamicModule => ({
  module: RoomModule,
  controllers: [controller],
  providers: [{ provide: ROOM, useValue: consumer }],
});

type Parts = Readonly<{ scope: Scope; log: Log; consumer: Consumer; controller: Type }>;

/** A Nest microservice on the log's own transport: the stock Kafka one takes message by message. */
async function openRoom({ scope, log, consumer, controller }: Parts): Promise<void> {
  await scope.start(`the ${consumer.group} room`, async () => {
    const app = await NestFactory.createMicroservice<MicroserviceOptions>(roomModule(controller, consumer), {
      strategy: new LogTransport({ log, ...consumer }),
      logger: false,
      abortOnError: false,
    });
    await app.listen();
    return { value: app, stop: () => app.close() };
  });
}

/** Opens the three rooms: facts and decisions, and console lines, into Postgres; metric batches into ClickHouse. */
export async function openProjector(scope: Scope, ports: ProjectorPorts): Promise<void> {
  const { log, source, clickhouse, live, logger, holder } = ports;
  // Before anything is projected: what was projected before this was known is older.
  for (const projection of PROJECTIONS) await registerProjection(source, projection, PROJECTION_VERSIONS[projection]);
  const roller = new SeriesRoller({ source, clickhouse, logger });
  await scope.start('the roller', async () => {
    roller.start();
    return { value: roller, stop: () => roller.stop() };
  });
  const deadLetters = createDeadLetters(log, SERIES_GROUP);
  const thresholds = watchThresholds(logger);
  const series = seriesConsumer({ log, source, clickhouse, live, logger, holder, roller, deadLetters, thresholds });
  await openRoom({ scope, log, consumer: series, controller: SeriesController });
  const metadata = metadataConsumer({ log, source, live, logger, holder });
  await openRoom({ scope, log, consumer: metadata, controller: MetadataController });
  const lines = consoleConsumer({ log, source, live, logger, holder });
  await openRoom({ scope, log, consumer: lines, controller: ConsoleController });
}
