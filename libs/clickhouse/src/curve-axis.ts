import type { Bindings } from './bindings';
import { METRIC_POINT } from './metric-point';

/** One metric of one run, by their numbers. */
export type CurvePair = Readonly<{ series: number; key: number }>;

/**
 * What a chart is drawn over. `time` is ms since 1970, or since each run's base. `metric` is the value that another
 * metric of the same run had at that step, or last before it; NaN and the infinities are no place on an axis.
 */
export type CurveAxis =
  | Readonly<{ kind: 'step' }>
  | Readonly<{ kind: 'time'; bases?: ReadonlyMap<number, bigint> }>
  | Readonly<{ kind: 'metric'; key: number }>;

/** A range on an axis, both ends inclusive: bigints on steps and times, numbers on a metric. */
export type AxisRange = Readonly<{ from: bigint; to: bigint }> | Readonly<{ from: number; to: number }>;

/** The pairs as a condition that the primary key answers. */
export function inPairs(to: Bindings, pairs: readonly CurvePair[]): string {
  const [only, more] = pairs;
  // A set for one pair costs more than reading the pair.
  if (only !== undefined && more === undefined)
    return `(series = ${to.bind(only.series, 'UInt32')} and key = ${to.bind(only.key, 'UInt32')})`;
  const series = to.bind(
    pairs.map((p) => p.series),
    'Array(UInt32)',
  );
  const keys = to.bind(
    pairs.map((p) => p.key),
    'Array(UInt32)',
  );
  return `(series, key) in (select pair.1, pair.2 from (select arrayJoin(arrayZip(${series}, ${keys})) as pair))`;
}

const within = (to: Bindings, x: string, range: AxisRange | undefined, type: string): string =>
  range === undefined ? '' : `and ${x} between ${to.bind(range.from, type)} and ${to.bind(range.to, type)}`;

function sinceBases(to: Bindings, bases: ReadonlyMap<number, bigint> | undefined): string {
  if (bases === undefined || bases.size === 0) return 'time';
  const series = to.bind([...bases.keys()], 'Array(UInt32)');
  // Clients quote 64-bit integers in arrays, and an Array(Int64) takes no quotes.
  const starts = to.bind([...bases.values()].map(String), 'Array(String)');
  return `time - transform(series, ${series}, arrayMap(start -> toInt64(start), ${starts}), toInt64(0))`;
}

const COLUMNS = 'series, key, step, time, value, writer, ver';

/** Every point of `y` with the last finite value of the axis' metric at its step or before; those before the first have no place. */
function joinedOnMetric(to: Bindings, pairs: readonly CurvePair[], key: number): string {
  const series = to.bind([...new Set(pairs.map((p) => p.series))], 'Array(UInt32)');
  const named = COLUMNS.split(', ').map((name) => `y.${name} as ${name}`);
  return `select ${named.join(', ')}, a.x as x from (select ${COLUMNS} from ${METRIC_POINT} final where ${inPairs(to, pairs)}) y
    asof inner join (
      select series, step, argMax(value, (time, bitNot(ver))) as x from ${METRIC_POINT} final
      where series in ${series} and key = ${to.bind(key, 'UInt32')} and isFinite(value) group by series, step
    ) a on y.series = a.series and y.step >= a.step`;
}

/** Points of the pairs with their place on the axis as `x`, each once, also with merges stopped. */
export function pointsOnAxis(
  to: Bindings,
  pairs: readonly CurvePair[],
  where: Readonly<{ axis: CurveAxis; range?: AxisRange | undefined }>,
): string {
  const { axis, range } = where;
  if (axis.kind === 'metric')
    return `select * from (${joinedOnMetric(to, pairs, axis.key)}) where 1 ${within(to, 'x', range, 'Float64')}`;
  const x = axis.kind === 'step' ? 'step' : sinceBases(to, axis.bases);
  return `select ${COLUMNS}, ${x} as x from ${METRIC_POINT} final where ${inPairs(to, pairs)} ${within(to, x, range, 'Int64')}`;
}
