export { startDoor } from './start-door';
export { type Opening, startClickHouse, startLog, startPostgres, startSignals } from './start-engines';
export { startWebhooks } from './start-webhooks';
