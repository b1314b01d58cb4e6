export { startDoor } from './start-door';
export { type Opening, startClickHouse, startLog, startPostgres, startSignals } from './start-engines';
export { startLimits } from './start-limits';
export { startWebhooks } from './start-webhooks';
