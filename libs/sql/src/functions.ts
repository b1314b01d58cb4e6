/** Functions of ClickHouse that a statement may call: they compute on their arguments and reach nothing else. */
const PLAIN = `
  count sum avg min max any anyLast argMin argMax median stddevPop stddevSamp varPop varSamp corr covarPop covarSamp
  skewPop kurtPop uniq uniqExact groupArray groupUniqArray quantile quantileExact quantiles quantilesExact topK
  countIf sumIf avgIf minIf maxIf anyIf argMinIf argMaxIf quantileIf uniqIf uniqExactIf
  row_number rank dense_rank first_value last_value lagInFrame leadInFrame
  abs ceil floor round trunc sqrt cbrt exp exp2 exp10 log log2 log10 log1p power sign sin cos tan tanh sigmoid
  greatest least intDiv modulo if multiIf coalesce ifNull nullIf isNull isNotNull assumeNotNull
  isNaN isFinite isInfinite ifNotFinite
  toString toFloat64 toFloat32 toInt64 toInt32 toUInt64 toUInt32 toFloat64OrNull toInt64OrNull toUInt8
  lower upper length lengthUTF8 substring substringUTF8 position trim trimLeft trimRight concat startsWith endsWith
  replaceAll replaceOne match extract splitByString like ilike reverse empty notEmpty
  arrayElement arrayJoin has arraySum arrayMin arrayMax arrayAvg arraySort arrayStringConcat tuple array tupleElement
  now today toDate toDateTime toDateTime64 fromUnixTimestamp64Milli toUnixTimestamp toUnixTimestamp64Milli
  toStartOfMinute toStartOfFiveMinutes toStartOfHour toStartOfDay toStartOfWeek toStartOfMonth toYear toMonth
  toDayOfMonth toDayOfWeek toHour toMinute formatDateTime dateDiff addSeconds addMinutes addHours addDays
  widthBucket cityHash64 bitAnd bitOr bitXor`;
/** Those that take parameters before their arguments: quantile(0.9)(value). */
const WITH_PARAMETERS = new Set(['quantile', 'quantileExact', 'quantiles', 'quantilesExact', 'quantileIf', 'topK']);
/** Names of the standard for the same. */
const STANDARD: Readonly<Record<string, string>> = {
  pow: 'power',
  ln: 'log',
  mod: 'modulo',
  stddev: 'stddevSamp',
  stddev_pop: 'stddevPop',
  stddev_samp: 'stddevSamp',
  variance: 'varSamp',
  var_pop: 'varPop',
  var_samp: 'varSamp',
  substr: 'substring',
  char_length: 'lengthUTF8',
  ceiling: 'ceil',
  replace: 'replaceAll',
  starts_with: 'startsWith',
  any_value: 'any',
};

const KNOWN = new Map([
  ...PLAIN.trim()
    .split(/\s+/)
    .map((name): [string, string] => [name.toLowerCase(), name]),
  ...Object.entries(STANDARD),
]);

/** The engine's name of a function, whatever the case it was written in; undefined where it may not be called. */
export const functionOf = (name: string): string | undefined => KNOWN.get(name.toLowerCase());
export const takesParameters = (canonical: string): boolean => WITH_PARAMETERS.has(canonical);
/** For documentation. */
export const FUNCTION_NAMES: readonly string[] = [...KNOWN.keys()];
