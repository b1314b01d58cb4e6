export { migratePostgres, openDataSource } from './data-source';
export { type EmbeddedPostgres, type EmbeddedPostgresOptions, openEmbeddedPostgres } from './embedded-postgres';
export { type FolderLock, lockFolder } from './folder-lock';
export { type Lease, lostLease, moveOffset, takeLease } from './lease';
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
