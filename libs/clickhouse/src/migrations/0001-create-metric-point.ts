/**
 * One row a point. Identity is the sorting key: (workspace and run as series number, key number, step, time, value bits,
 * writer). `value` sorts by its bits, since a key of Float64 merges 0.0 and -0.0.
 *
 * Origin: `lp` is the partition of the metrics topic, `ver` holds offset and ordinal in the batch, inverted, so that
 * ReplacingMergeTree, which keeps the greatest version, keeps the first arrival. `off` and `ord` read it back.
 *
 * No PARTITION BY: a range must become one part, by one rename.
 */
export const createMetricPoint = `
create table if not exists metric_point_v1
(
  series UInt32 codec(DoubleDelta, ZSTD(1)),
  key UInt32 codec(DoubleDelta, ZSTD(1)),
  step Int64 codec(DoubleDelta, ZSTD(1)),
  time Int64 comment 'ms since 1970, as the client claimed' codec(DoubleDelta, ZSTD(1)),
  value Float64 codec(Gorilla, ZSTD(1)),
  writer UInt32 codec(ZSTD(1)),
  lp UInt16 codec(ZSTD(1)),
  ver UInt64 codec(DoubleDelta, ZSTD(1)),
  off UInt64 alias bitShiftRight(bitNot(ver), 20),
  ord UInt32 alias toUInt32(bitAnd(bitNot(ver), 1048575)),
  index origin_lp lp type minmax granularity 1,
  index origin_ver ver type minmax granularity 1
)
engine = {engine}ReplacingMergeTree(ver)
order by (series, key, step, time, reinterpretAsUInt64(value), writer)
settings non_replicated_deduplication_window = 0{durability}`;
