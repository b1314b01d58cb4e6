/**
 * Buckets of long series, recomputed whole from deduplicated points by the roller, so that nothing counts twice. The row
 * with the greatest \`made\` (the log offset up to which it was computed) is the one that holds. Of the finite values:
 * min, max, sum, first, last; no spike is ever lost.
 */
export const createMetricRollup = `
create table if not exists metric_rollup_v1
(
  width UInt32 comment 'steps a bucket',
  series UInt32,
  key UInt32,
  bucket Int64 comment 'floor(step / width)' codec(DoubleDelta, ZSTD(1)),
  points UInt64 codec(ZSTD(1)),
  nans UInt64 codec(ZSTD(1)),
  positive_infs UInt64 codec(ZSTD(1)),
  negative_infs UInt64 codec(ZSTD(1)),
  first_step Int64 codec(DoubleDelta, ZSTD(1)),
  last_step Int64 codec(DoubleDelta, ZSTD(1)),
  low Float64 codec(Gorilla, ZSTD(1)),
  high Float64 codec(Gorilla, ZSTD(1)),
  total Float64 codec(Gorilla, ZSTD(1)),
  first Float64 codec(Gorilla, ZSTD(1)),
  last Float64 codec(Gorilla, ZSTD(1)),
  made UInt64 codec(ZSTD(1))
)
engine = {engine}ReplacingMergeTree(made)
order by (width, series, key, bucket)
settings non_replicated_deduplication_window = 0{durability}`;
