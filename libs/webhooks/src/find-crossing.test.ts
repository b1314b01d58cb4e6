import { parseCondition } from './condition';
import { findCrossing, type LoggedPoint, type MetricState } from './find-crossing';

const point = (key: string, step: number, value: number): LoggedPoint => ({
  key,
  step: BigInt(step),
  time: BigInt(step),
  value,
});
const stepOf = (
  condition: string,
  points: readonly LoggedPoint[],
  before: ReadonlyMap<string, MetricState> = new Map(),
): number | null => {
  const found = findCrossing(parseCondition(condition), before, points);
  return found === null ? null : Number(found.step);
};
const loss = (...values: number[]): LoggedPoint[] => values.map((value, step) => point('loss', step, value));

describe('the point at which a condition first holds', () => {
  it.each<[string, LoggedPoint[], number | null]>([
    ['metrics.loss < 0.1', loss(1, 0.5, 0.09, 0.01), 2],
    ['metrics.loss < 0.1', loss(1, 0.1, 0.2), null],
    ['metrics.loss <= 0.1', loss(1, 0.1, 0.2), 1],
    ['metrics.loss.max > 10', loss(1, 11, 2), 1],
    ['metrics.loss.min < 0', loss(1, Number.NaN, -1), 2],
    ['metrics.other < 1', loss(0, 0), null],
    ['metrics.loss < 0.1', loss(Number.NaN, Number.NEGATIVE_INFINITY), 1],
    ['metrics.loss > 1e308', loss(1, Number.POSITIVE_INFINITY), 1],
    ['metrics.loss != 0', loss(0, Number.NaN), 1],
    ['NOT metrics.loss <= 1e308', loss(1, Number.NaN), 1],
    ['metrics.loss.max > 0', loss(Number.NaN, Number.NaN), null],
  ])('%s', (condition, points, expected) => {
    expect(stepOf(condition, points)).toBe(expected);
  });

  it('needs all of a conjunction at one time, and is the point that completes it', () => {
    const points = [point('acc', 1, 0.95), point('loss', 2, 0.5), point('acc', 3, 0.5), point('loss', 4, 0.05)];
    expect(stepOf('metrics.acc > 0.9 AND metrics.loss < 0.1', points)).toBeNull();
    expect(stepOf('metrics.acc > 0.9 AND metrics.loss < 0.1', [...points, point('acc', 5, 0.91)])).toBe(5);
    expect(stepOf('metrics.acc.max > 0.9 AND metrics.loss < 0.1', points)).toBe(4);
  });

  it('goes by the greatest step, whatever comes after it; `.last` by what came last', () => {
    const points = [point('loss', 10, 5), point('loss', 3, 0.01)];
    expect(stepOf('metrics.loss < 0.1', points)).toBeNull();
    expect(stepOf('metrics.loss.last < 0.1', points)).toBe(3);
    expect(stepOf('metrics.loss < 0.1', [...points, point('loss', 10, Number.NaN)])).toBeNull();
    expect(stepOf('metrics.loss > 5', [...points, point('loss', 10, 6)])).toBe(10);
  });

  it('goes on from what was recorded before', () => {
    const state = { step: 9n, time: 9n, latest: 5, last: 5, min: 0.5, max: 7 };
    const before = new Map([['acc', state]]);
    expect(stepOf('metrics.acc.max >= 7 AND metrics.loss < 1', loss(2, 0.5), before)).toBe(1);
    expect(stepOf('metrics.acc < 1', [point('acc', 8, 0)], before)).toBeNull();
    expect(stepOf('metrics.acc.min < 0.6', [point('acc', 10, 9)], before)).toBe(10);
  });

  it('is the same however the points are cut', () => {
    const values = Array.from({ length: 60 }, (_, i) => Math.sin(i / 5) + 1 - i / 80);
    const whole = stepOf('metrics.loss < 0.2 OR metrics.loss.min < 0.05', loss(...values));
    expect(whole).not.toBeNull();
    for (let cut = 1; cut < values.length; cut++) {
      const points = loss(...values);
      const first = findCrossing(parseCondition('metrics.loss < 0.2'), new Map(), points.slice(0, cut));
      const head = points.slice(0, cut).map(({ value }) => value);
      const state: MetricState = {
        step: BigInt(cut - 1),
        time: BigInt(cut - 1),
        latest: head.at(-1) ?? 0,
        last: head.at(-1) ?? 0,
        min: Math.min(...head),
        max: Math.max(...head),
      };
      const second = findCrossing(parseCondition('metrics.loss < 0.2'), new Map([['loss', state]]), points.slice(cut));
      expect((first ?? second)?.step).toBe(BigInt(stepOf('metrics.loss < 0.2', points) ?? -1));
    }
  });
});

describe('a condition', () => {
  it.each([
    ['', 'WEBHOOKS_BAD_CONDITION'],
    ["params.lr = '1'", 'WEBHOOKS_BAD_CONDITION'],
    ['metrics.loss IS NULL', 'WEBHOOKS_BAD_CONDITION'],
    ["metrics.loss < 1 AND tags.a = 'b'", 'WEBHOOKS_BAD_CONDITION'],
    ["status = 'FINISHED'", 'WEBHOOKS_BAD_CONDITION'],
    ['metrics.loss <', 'FILTER_BAD_COMPARISON'],
    ["metrics.loss < 'x'", 'FILTER_BAD_COMPARISON'],
    ['metrics.loss < NaN', 'FILTER_BAD_COMPARISON'],
    ['loss < 1', 'FILTER_UNKNOWN_FIELD'],
  ])('is refused: %s', (text, code) => {
    expect(() => parseCondition(text)).toThrow(expect.objectContaining({ code, kind: 'invalid' }));
  });
});
