export { type Bucket, type BucketQuestion, type BucketReads, createBucketReads } from './bucket-reads';
export type { AxisRange, CurveAxis, CurvePair } from './curve-axis';
export type { BucketSource } from './curve-buckets';
export type { CurveExtents, Watermarks } from './curve-extents';
export { bucketStart, type CurveGrid, layGrid } from './curve-grid';
export {
  type CurveBuckets,
  type CurvePoints,
  type CurveReads,
  createCurveReads,
  type GroupBuckets,
} from './curve-reads';
export { openEmbeddedClickHouse } from './embedded-engine';
export type { ClickHouse } from './engine';
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
export { migrateClickHouse } from './migrate';
export { countMissingPoints } from './missing-points';
export { createNamePatterns, type NamePattern } from './name-patterns';
export { findNewEnds, type NewEnd } from './new-ends';
export { createRoller, type Roller, type Stretch, type Touched, wholeSeries } from './rollup';
export {
  type Count,
  createPointReads,
  type Extent,
  type Point,
  type PointCursor,
  type PointReads,
} from './series-reads';
