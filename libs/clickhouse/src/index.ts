export type { AxisRange, CurveAxis } from './curve-axis';
export type { CurveExtents } from './curve-extents';
export { bucketStart, type CurveGrid, layGrid, wholeEnds } from './curve-grid';
export { COMPOSED, type CurvePair, type CurvePart } from './curve-lines';
export {
  type BucketQuestion,
  type CurvePoints,
  type CurveReads,
  createCurveReads,
  type GroupBuckets,
} from './curve-reads';
export type { CurveBuckets } from './curve-rows';
export { type CurveState, stepsOf } from './curve-state';
export { openEmbeddedClickHouse } from './embedded-engine';
export type { ClickHouse, GivenTable, PouredFormat } from './engine';
export { createHistoryReads, type HistoryPage } from './history-reads';
export { openHttpClickHouse } from './http-engine';
export {
  METRIC_POINT,
  ORDINALS,
  type PointColumns,
  placeOfVersion,
  pointBlock,
  rangeIsStored,
  storedRows,
  versionsOf,
} from './metric-point';
export { createMetricSharing, type WritersOfMetric } from './metric-sharing';
export { migrateClickHouse } from './migrate';
export { countMissingPoints } from './missing-points';
export { createNamePatterns, type NamePattern } from './name-patterns';
export { findNewEnds, type NewEnd } from './new-ends';
export { createPastSummaries } from './past-summaries';
export { createPointRemoval, type RemovePoints } from './remove-points';
export { mayBeRolled } from './rolled-pairs';
export {
  createRoller,
  FINEST,
  isDense,
  LONG_SERIES,
  type PairSize,
  type Roller,
  type ToRoll,
  type Touched,
  wholeSeries,
} from './rollup';
export {
  type Count,
  createPointReads,
  type Point,
  type PointCursor,
  type PointReads,
} from './series-reads';
export { createShadowPoints, type SeriesDigest, type ShadowPoints, shadowClickHouse } from './shadow-points';
export { pointCte, STATEMENT_SETTINGS } from './statement-views';
export type { StoredPoint } from './stored-points';
export { tableSizes } from './table-sizes';
export { createWriterSpans, type PastSpan } from './writer-spans';
