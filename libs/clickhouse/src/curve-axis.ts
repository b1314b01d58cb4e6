import type { Bindings } from './bindings';
import { type CurvePair, POINT_COLUMNS, pointsOf } from './curve-lines';
import { seenSql } from './metric-point';

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

const within = (to: Bindings, x: string, range: AxisRange | undefined, type: string): string =>
  range === undefined ? '' : `and ${x} between ${to.bind(range.from, type)} and ${to.bind(range.to, type)}`;

function sinceBases(to: Bindings, bases: ReadonlyMap<number, bigint> | undefined): string {
  if (bases === undefined || bases.size === 0) return 'time';
  const series = to.bind([...bases.keys()], 'Array(UInt32)');
  // Clients quote 64-bit integers in arrays, and an Array(Int64) takes no quotes.
  const starts = to.bind([...bases.values()].map(String), 'Array(String)');
  return `time - transform(series, ${series}, arrayMap(start -> toInt64(start), ${starts}), toInt64(0))`;
}

/** Every point of `y` with the last finite value of the axis' metric at its step or before; those before the first have no place. */
function joinedOnMetric(to: Bindings, pairs: readonly CurvePair[], key: number, seen: string): string {
  const axes = [...new Map(pairs.map((pair) => [pair.series, { ...pair, key }])).values()];
  const named = POINT_COLUMNS.split(', ').map((name) => `y.${name} as ${name}`);
  return `select ${named.join(', ')}, a.x as x from (${pointsOf(to, pairs, seen)}) y
    asof inner join (
      select series, step, argMax(value, (time, bitNot(ver))) as x from (${pointsOf(to, axes, seen)})
      where isFinite(value) group by series, step
    ) a on y.series = a.series and y.step >= a.step`;
}

/** `cuts`: of each partition, only what came before this offset; all of it when absent. */
export type OnAxis = Readonly<{ axis: CurveAxis; range?: AxisRange | undefined; cuts?: readonly number[] | undefined }>;

/** A condition of points. FINAL has kept the first arrival of each before it is asked. */
export const seenBefore = (to: Bindings, cuts: readonly number[] | undefined): string =>
  cuts === undefined ? '' : `and ${seenSql(to.bind(cuts, 'Array(UInt64)'))}`;

/** Points of the pairs with their place on the axis as `x`, each once, also with merges stopped. */
export function pointsOnAxis(to: Bindings, pairs: readonly CurvePair[], { axis, range, cuts }: OnAxis): string {
  const seen = seenBefore(to, cuts);
  if (axis.kind === 'metric')
    return `select * from (${joinedOnMetric(to, pairs, axis.key, seen)}) where 1 ${within(to, 'x', range, 'Float64')}`;
  if (axis.kind === 'step')
    return `select ${POINT_COLUMNS}, step as x from (${pointsOf(to, pairs, `${within(to, 'step', range, 'Int64')} ${seen}`)})`;
  return `select * from (select ${POINT_COLUMNS}, ${sinceBases(to, axis.bases)} as x from (${pointsOf(to, pairs, seen)}))
    where 1 ${within(to, 'x', range, 'Int64')}`;
}
