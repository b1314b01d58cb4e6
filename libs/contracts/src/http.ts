export type { BoardPanel } from './board-panel';
export type { CommentTarget } from './comment-target';
export { accessEventsAnswer, grantsAnswer, keysAnswer, serviceAccountsAnswer, trustsAnswer } from './http/access';
export {
  type ArtifactsAnswer,
  artifactsAnswer,
  bucketsAnswer,
  type ConsoleAnswer,
  consoleAnswer,
  type ExperimentAnswer,
  type ExperimentsAnswer,
  experimentAnswer,
  experimentsAnswer,
  type GapsAnswer,
  gapsAnswer,
  inputsAnswer,
  type MetricsAnswer,
  metricsAnswer,
  type ParamsAnswer,
  type PositionsAnswer,
  type ProjectsAnswer,
  paramsAnswer,
  positionsAnswer,
  projectAnswer,
  projectsAnswer,
  type ReceiptsAnswer,
  type RunAnswer,
  type RunHistoryAnswer,
  type RunsAnswer,
  receiptsAnswer,
  runAnswer,
  runHistoryAnswer,
  runsAnswer,
  seriesAnswer,
  tagsAnswer,
  type WritersAnswer,
  writersAnswer,
} from './http/answers';
export { type ArchiveAnswer, type ArchiveLine, archiveAnswer, archiveLine } from './http/archive';
export {
  type BoardAnswer,
  type BoardHistoryAnswer,
  type BoardsAnswer,
  boardAnswer,
  boardHistoryAnswer,
  boardsAnswer,
} from './http/boards';
export { type ChangesAnswer, changesAnswer } from './http/changes';
export { type CommentAnswer, type CommentsAnswer, commentAnswer, commentsAnswer } from './http/comments';
export {
  type CompareAnswer,
  type CompareBody,
  type CompareQuestion,
  compareAnswer,
  compareBody,
} from './http/compare';
export { type CurvesAnswer, type CurvesBody, type CurvesQuestion, curvesAnswer, curvesBody } from './http/curves';
export {
  type DeadLettersAnswer,
  deadLetterAnswer,
  deadLettersAnswer,
  type ReplayAnswer,
  replayAnswer,
} from './http/dead-letters';
export { erasureReport, erasuresAnswer, type HoldsAnswer, holdsAnswer } from './http/erasure';
export { type ExpiredAnswer, expiredAnswer } from './http/expired';
export {
  type FingerprintsAnswer,
  type FingerprintsBody,
  fingerprintsAnswer,
  fingerprintsBody,
} from './http/fingerprints';
export {
  type GatesAnswer,
  gatesAnswer,
  type InventoryAnswer,
  inventoryAnswer,
  type ModelInventoryAnswer,
  modelInventoryAnswer,
  type ObjectivesAnswer,
  objectiveHistoryAnswer,
  objectivesAnswer,
  type ResultsAnswer,
  type ResultsBody,
  type RunResultsAnswer,
  resultsAnswer,
  resultsBody,
  runResultsAnswer,
  type VersionGovernanceAnswer,
  versionGovernanceAnswer,
} from './http/governance';
export { type CheckpointsAnswer, checkpointsAnswer, type LedgerAnswer, ledgerAnswer } from './http/ledger';
export { limitsAnswer } from './http/limits';
export { type LineageAnswer, lineageAnswer } from './http/lineage';
export {
  loggedModelAnswer,
  loggedModelsAnswer,
  type ModelAnswer,
  type ModelHistoryAnswer,
  type ModelsAnswer,
  modelAnswer,
  modelHistoryAnswer,
  modelsAnswer,
  outputsAnswer,
  type VersionsAnswer,
  versionAnswer,
  versionsAnswer,
} from './http/models';
export {
  type NoteAnswer,
  type NoteHistoryAnswer,
  noteAnswer,
  noteHistoryAnswer,
  type ViewAnswer,
  type ViewsAnswer,
  viewAnswer,
  viewHistoryAnswer,
  viewsAnswer,
} from './http/notes';
export {
  type Issuers,
  issuersAnswer,
  localAccountAnswer,
  localAccountBody,
  localAccountParams,
  localAccountsAnswer,
  localSignInBody,
  logoutTokenBody,
  type Me,
  meAnswer,
  peopleAnswer,
  type SessionCode,
  sessionCodeAnswer,
  sessionCodeBody,
  signedOutAnswer,
  tokenAnswer,
  tokenBody,
} from './http/people';
export {
  expiryAnswer,
  type ProjectDeletersAnswer,
  projectDeletersAnswer,
  type RetentionAnswer,
  type RetentionPreview,
  retentionAnswer,
  retentionPreview,
} from './http/retention';
export {
  type FacetsAnswer,
  type FacetsBody,
  facetsAnswer,
  facetsBody,
  type MetricNamesAnswer,
  metricNamesAnswer,
  type SearchAnswer,
  type SearchBody,
  type SearchQuestion,
  searchAnswer,
  searchBody,
} from './http/search';
export {
  EXPORTED,
  type ExportBody,
  type ExportQuestion,
  exportBody,
  type SqlAnswer,
  type SqlQuestion,
  type SqlSchemaAnswer,
  sqlAnswer,
  sqlBody,
  sqlSchemaAnswer,
} from './http/sql';
export { type StorageAnswer, storageAnswer } from './http/storage';
export {
  type CheckAnswer,
  type CheckLine,
  type CheckResult,
  checkAnswer,
  checkLine,
  checkResult,
  type Difference,
  type LedgerCheckAnswer,
  ledgerCheckAnswer,
  type Progress,
  type RebuildLine,
  rebuildLine,
} from './http/upkeep';
export { webhookAnswer, webhookEntriesAnswer, webhooksAnswer } from './http/webhooks';
export { TOTAL_STEPS_TAG } from './run-tags';
