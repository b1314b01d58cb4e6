export { migratePostgres, openDataSource } from './data-source';
export { insertDeadLetters } from './dead-letters';
export { type EmbeddedPostgres, type EmbeddedPostgresOptions, openEmbeddedPostgres } from './embedded-postgres';
export { type FolderLock, lockFolder } from './folder-lock';
export { type Lease, lostLease, moveOffset, renewLease, takeLease } from './lease';
export { createMetadataStore, type MetadataStore, type ReadBatch } from './metadata-store';
export {
  finishRange,
  holdsLease,
  lockLease,
  type MetricRange,
  pendingRange,
  type ReceiptGain,
  storeRange,
} from './metric-range';
export {
  addSeriesKeys,
  findSeries,
  keyNumbers,
  listSeriesKeys,
  type RunName,
  seriesNumbers,
  type WriterName,
  writerNames,
  writerRows,
} from './numbers';
export { moveRolledTo, rolledTo } from './rollup-watermark';
