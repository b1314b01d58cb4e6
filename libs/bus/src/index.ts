export type { Batch, Consumer, Consumption, Log } from './log';
export { openPostgresLog, type PostgresLogOptions } from './postgres/postgres-log';
