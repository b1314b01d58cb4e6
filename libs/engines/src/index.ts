export { type Opening, openDoor, startLog, startPostgres, startSignals } from './start-engines';
