export { arePublished, type Followed, readFollowed } from './archive-floor';
export { type ArchiveRanges, type ArchiveStanding, createArchiveRanges, type KeptRange } from './archive-ranges';
export { type ArtifactLockRows, createArtifactLocks, type LockedProject } from './artifact-locks';
export { type AsOf, cutOfConsole, cutOfMetrics, cutOfRun } from './as-of';
export type { BoardRecord } from './board.repository';
export type { CatalogRecord } from './catalog-reads';
export type { CommentRecord } from './comment.repository';
export { type CompareReads, createCompareReads, type OfRun } from './compare-reads';
export { type ConsoleLine, type ConsoleReads, createConsoleReads, type LinePlace } from './console-reads';
export { type ConsoleStore, createConsoleStore } from './console-store';
export {
  type CurveNames,
  createCurveNames,
  type GroupedBy,
  type KeyNumber,
  type KnownCurve,
  type SeriesRun,
} from './curve-names';
export { migratePostgres, openDataSource } from './data-source';
export {
  createLetterReads,
  type LetterPlace,
  type LetterReads,
  type LetterRecord,
  type LetterScope,
  letterName,
  placeOfLetter,
} from './dead-letter-reads';
export { countDeadLetters, insertDeadLetters, lettersOfShadow } from './dead-letters';
export { createDeletionReads, type DeletionReads } from './deletion-reads';
export { createDueRuns, type DueRun, type DueRuns, policyEvents } from './due-runs';
export { createDueTotals, type DueTotals } from './due-totals';
export { type EmbeddedPostgres, type EmbeddedPostgresOptions, openEmbeddedPostgres } from './embedded-postgres';
export { createErasedArtifacts, type ErasedArtifacts, type ErasedBytes, type NamedFile } from './erased-artifacts';
export type { ExperimentQuery, ExperimentRecord } from './experiment.repository';
export {
  createExperimentSearch,
  type ExperimentScope,
  type ExperimentSearch,
  type ExperimentSearches,
} from './experiment-search';
export { createExpiredArtifacts, type ExpiredArtifacts } from './expired-artifacts';
export { createExpiredRuns, type ExpiredRun, type ExpiredRuns, goneSeries, seriesOfRuns } from './expired-runs';
export { createExpiryReads, type ExpiryReads, type ExpiryRecord } from './expiry-reads';
export { insertConflicts } from './fact-rows';
export { type FolderLock, lockFolder } from './folder-lock';
export {
  type ApprovalRecord,
  type GateRecord,
  type InventoryRecord,
  type ObjectiveRecord,
  objectivesOf,
} from './governance.repository';
export { type HandedOut, markRecorded, noteHandedOut, unrecordedHandOuts } from './handed-out';
export { createKnownMetrics } from './known-metrics';
export type { LatestMetrics } from './latest-metrics';
export { type Lease, lostLease, moveOffset, renewLease, takeLease } from './lease';
export { createLeasedPartitions } from './leased-partitions';
export {
  type Delivery,
  deliveriesOf,
  keepCosignature,
  markDelivered,
  markFailed,
  type SinkKind,
  type SinkName,
  sizeCosigned,
  type Undelivered,
  undelivered,
} from './ledger-delivery';
export { createLedgerExports, type KeptLeaf, type LeafSelection, type LedgerExports } from './ledger-export';
export { createLedgerReads, type LedgerReads, type PublishedLog } from './ledger-reads';
export { type Leaf, type LeafDraft, type LeafNumbers, sequenceLeaves } from './ledger-sequence';
export {
  asWriter,
  behindTrees,
  integrateLeaves,
  type LedgerTree,
  type LedgerWriter,
  leafHashes,
  leaveLedger,
  publishCheckpoint,
  signedSize,
  storeCheckpoint,
  type TileGrowth,
  takeLedger,
} from './ledger-writer';
export { createLineageReads, type LineageEdge, type LineageNode, type LineageReads } from './lineage-reads';
export type { LineageKind } from './lineage-relations';
export type {
  LoggedModelQuery,
  LoggedModelRecord,
  ModelMetricRecord,
  RunModelRecords,
  RunOutputRecord,
} from './logged-model.repository';
export {
  createLoggedModelSearch,
  type LoggedModelSearches,
  type MeasuredOn,
  type MeasuredOrder,
} from './logged-model-search';
export { mendRows } from './mend-rows';
export { createMetadataReads, type MetadataReads } from './metadata-reads';
export { createMetadataStore, type MetadataStore, type ReadBatch } from './metadata-store';
export { findMetricOfRuns, type MetricOfRun } from './metric-of-runs';
export {
  finishRange,
  holdsLease,
  lockLease,
  type MetricRange,
  pendingRange,
  type ReceiptGain,
  storeRange,
} from './metric-range';
export { type MetricStateRow, readMetricStates } from './metric-states';
export { metricsAsOf } from './metrics-as-of';
export type { AliasRecord, ModelHistoryRecord, ModelRecord, VersionRecord } from './model.repository';
export { createModelSearch, type FoundVersion, type ModelSearches } from './model-search';
export { createMovedReads, type MovedReads } from './moved-reads';
export type { NoteRecord, ViewRecord } from './note.repository';
export {
  findSeries,
  keyNumbers,
  namesOfSeries,
  type RunName,
  seriesNumbers,
  type WriterName,
  writerNames,
  writerRows,
} from './numbers';
export { createPositionReads, type GroupOffset, type JournalProgress, type PositionReads } from './position-reads';
export { isAlive } from './processes-of-folder';
export type { ProjectRecord } from './project.repository';
export {
  beginRebuild,
  checkResultOf,
  demandRebuild,
  endRebuild,
  failRebuild,
  forgetRolled,
  keepCheckResult,
  markSwapping,
  type ProjectionState,
  projectionState,
  projectionStates,
  registerProjection,
  rolledGeneration,
  tellRebuild,
} from './projection-state';
export { PROJECTIONS, type Projection } from './projection-tables';
export {
  createReceiptReads,
  type ReceiptReads,
  type SequenceRange,
  type WriterReceipt,
} from './receipt-reads';
export { dropRolledMarks, moveRolledTo, rolledTo } from './rollup-watermark';
export {
  type ComparedTable,
  comparedTables,
  digestRows,
  type RowDigest,
  type RowSubject,
  rowsOfSubject,
} from './row-digests';
export { bareRun, type RunPlace, type RunQuery, type RunRecord } from './run.repository';
export { createRunClaims } from './run-claims';
export type { KeysAsked, RunColumns, RunValues } from './run-columns';
export type { MetricFacet, RunFacets, TextFacet, ValueCount } from './run-facets';
export {
  findUnordered,
  listMetricNames,
  listRunMetrics,
  type MetricEnd,
  type MetricNamePage,
  type MetricSummary,
  mergeRunMetrics,
  type RunMetric,
  type RunMetricPage,
} from './run-metric';
export type {
  ArtifactPage,
  ArtifactRecord,
  CodeRecord,
  ConflictRecord,
  EnvironmentRecord,
  InputRecord,
  LinkRecord,
  NamePage,
  ParamRecord,
  TagRecord,
} from './run-part.repository';
export {
  type CountedDigest,
  countVersionChanges,
  digestRunFacts,
  digestRunMetrics,
  type RecordedMetric,
  type RecordedRun,
  readRecordedRuns,
  readRunDatasets,
  readRunMeasures,
} from './run-recorded';
export { createRunSearch, type FoundRun, type RunScope, type RunSearch, type RunSearches } from './run-search';
export {
  type Ancestor,
  listAncestors,
  listRunWriters,
  mergeRunWriters,
  type NamedSpan,
  type WriterSpan,
} from './run-writer';
export type { SearchPlace } from './search-sql';
export { createShadow, dropShadow, fitsShadow } from './shadow-schema';
export { type ShadowName, shadowSource, withinTransaction } from './shadow-source';
export { createSizeReads, type SizeReads } from './size-reads';
export { swapShadow } from './swap-shadow';
export {
  fenceStandings,
  holdStandings,
  keepTables,
  moveTables,
  NO_IDLE_LIMIT,
  type Standing,
  standingsOf,
  takeTurn,
} from './upkeep-locks';
export { type CopiedTable, createViewCopies, type ViewCopies, type ViewScope } from './view-copies';
export type { WebhookRecord } from './webhook.repository';
