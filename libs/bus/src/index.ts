export { type KafkaLogOptions, openKafkaLog } from './kafka/kafka-log';
export type { Batch, Consumer, Consumption, Log, Unmoved } from './log';
export { LogTransport, type LogTransportOptions, RethrowFilter } from './log-transport';
export { type LogChoice, openLog } from './open-log';
export { openPostgresLog, type PostgresLogOptions } from './postgres/postgres-log';
export { createPublish, type Publish, type Publishing, type PublishLimits, type PublishUnmoved } from './publish';
