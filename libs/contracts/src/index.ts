export { catalogRecord, type JournalEvent, journalseqOf } from './catalog';
export type {
  CatalogChanges,
  CatalogHistories,
  CatalogKeys,
  CatalogMessage,
  CatalogName,
  CatalogProjection,
  CatalogRows,
  Decided,
  ExperimentRow,
  PlacedDecision,
  ProjectRow,
} from './catalog-rows';
export {
  type ChangeOf,
  DECISIONS,
  type Decision,
  type DecisionOf,
  type DecisionType,
  EXPERIMENT_DECISIONS,
  isDecisionType,
  PROJECT_DECISIONS,
} from './decisions';
export { defineEvent, type EventOf, type EventSpec, readEvent, type StoredEvent } from './define-event';
export {
  type BatchAttributes,
  type EventBatch,
  eventRecord,
  metricRecord,
  readAttributes,
  readEventRecord,
} from './event-batch';
export { FACTS, type FactType, isFactType } from './facts';
export type { LogRecord, Recorded } from './log-record';
export {
  checkMetricBatch,
  MAX_KEYS_PER_BATCH,
  MAX_POINTS_PER_BATCH,
  METRIC_BATCH_MEDIA_TYPE,
  METRICS_LOGGED,
  type MetricBatch,
  readMetricBatch,
  writeMetricBatch,
} from './metric-batch';
export {
  entityId,
  instant,
  int64,
  isCleanText,
  isEntityId,
  isKey,
  key,
  MAX_KEY_LENGTH,
  name,
  text,
  workspaceId,
} from './names';
export { murmur2, partitionOf } from './partition';
export {
  decodePositionToken,
  encodePositionToken,
  type JournalPosition,
  mergePositions,
  type Position,
  type PositionToken,
} from './position';
export type {
  ArtifactRow,
  ClosedWriterRow,
  CodeRow,
  ConflictRow,
  EnvironmentRow,
  FactChanges,
  FactKeys,
  FactMessage,
  FactProjection,
  FactRows,
  HistoryChange,
  InputRow,
  Mark,
  ParamRow,
  Place,
  PlacedFact,
  RefusedEvent,
  RowKey,
  RunFact,
  RunFactType,
  RunHistories,
  RunHistoryName,
  RunRow,
  RunStatus,
  Tag,
  TagRow,
  Version,
} from './rows';
export {
  partitionOfRun,
  partitionsOf,
  recordKey,
  runOfSubject,
  runSubject,
  TOPIC_LIST,
  TOPICS,
  type TopicKey,
} from './topics';
