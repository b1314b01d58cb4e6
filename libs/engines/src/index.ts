export { type Opening, openDoor, startClickHouse, startLog, startPostgres, startSignals } from './start-engines';
