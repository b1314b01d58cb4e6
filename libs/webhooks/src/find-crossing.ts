import { matches } from '@runledger/filter';
import type { Condition } from './condition';

/** A metric of a run, summed up: `latest` stands at the greatest (step, time, value), `last` is the newest in the log. */
export type MetricState = Readonly<{
  step: bigint;
  time: bigint;
  latest: number;
  last: number;
  /** Of all values but NaN; NaN without any, as where runs are searched. */
  min: number;
  max: number;
}>;

/** A point in the order of the log. */
export type LoggedPoint = Readonly<{ key: string; step: bigint; time: bigint; value: number }>;

/** NaN is less than every number, as where summaries are merged. */
const isGreater = (a: number, b: number): boolean => (Number.isNaN(b) ? !Number.isNaN(a) : a > b);

function isNewer({ step, time, value }: LoggedPoint, state: MetricState): boolean {
  if (step !== state.step) return step > state.step;
  if (time !== state.time) return time > state.time;
  return isGreater(value, state.latest);
}

function withPoint(state: MetricState | undefined, point: LoggedPoint): MetricState {
  const { step, time, value } = point;
  if (state === undefined) return { step, time, latest: value, last: value, min: value, max: value };
  const place = isNewer(point, state)
    ? { step, time, latest: value }
    : { step: state.step, time: state.time, latest: state.latest };
  return {
    ...place,
    last: value,
    min: value < state.min || Number.isNaN(state.min) ? value : state.min,
    max: value > state.max || Number.isNaN(state.max) ? value : state.max,
  };
}

/**
 * The first of these points of a run at which the condition holds, given what was recorded of the run before them. Points of other
 * metrics than the condition's change nothing. How points were cut into messages does not matter, their order in the log does.
 */
export function findCrossing<P extends LoggedPoint>(
  { filter, keys }: Condition,
  before: ReadonlyMap<string, MetricState>,
  points: Iterable<P>,
): P | null {
  const metrics = new Map(before);
  const item = { attributes: {}, metrics };
  for (const point of points) {
    if (!keys.has(point.key)) continue;
    metrics.set(point.key, withPoint(metrics.get(point.key), point));
    if (matches(item, filter, 'run')) return point;
  }
  return null;
}
