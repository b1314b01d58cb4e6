export { type KafkaLogOptions, openKafkaLog } from './kafka/kafka-log';
export type { Batch, Consumer, Consumption, Log } from './log';
export { openPostgresLog, type PostgresLogOptions } from './postgres/postgres-log';
