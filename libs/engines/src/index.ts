export { type LogArchive, openArchive, type WholeLog } from './open-archive';
export { startDoor } from './start-door';
export { type Opening, startClickHouse, startLog, startPostgres, startSignals, startWholeLog } from './start-engines';
export { startExportRecord } from './start-exports';
export { openStorageLimits, startLimits } from './start-limits';
export { openAnswersBy, openPersonalReads, startPersonal } from './start-personal';
export { startRefusals } from './start-refusals';
export { startWebhooks } from './start-webhooks';
export { stonesChoice } from './stones-choice';
