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

/** In place: an object a point would cost more than the rest. */
function take(state: { -readonly [M in keyof MetricState]: MetricState[M] }, point: LoggedPoint): void {
  const { step, time, value } = point;
  if (isNewer(point, state)) {
    state.step = step;
    state.time = time;
    state.latest = value;
  }
  state.last = value;
  if (value < state.min || Number.isNaN(state.min)) state.min = value;
  if (value > state.max || Number.isNaN(state.max)) state.max = value;
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
  const metrics = new Map([...before].map(([key, state]) => [key, { ...state }]));
  const item = { attributes: {}, metrics };
  for (const point of points) {
    const { key, step, time, value } = point;
    if (!keys.has(key)) continue;
    const state = metrics.get(key);
    if (state === undefined) metrics.set(key, { step, time, latest: value, last: value, min: value, max: value });
    else take(state, point);
    if (matches(item, filter, 'run')) return point;
  }
  return null;
}
