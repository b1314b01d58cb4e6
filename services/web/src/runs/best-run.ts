import { type FoundRun, keyedColumnsOf, titleOf, type Value, valueOf } from './run-columns';

export type Goal = 'max' | 'min';
/** By what the best run is found. In the address: `max:test/accuracy`. */
export type Aim = Readonly<{ goal: Goal; metric: string }>;

/** A param that goes along with good results, and how. `strength` is the size of a correlation, from 0 to 1. */
export type Reason = Readonly<{ param: string; value: Value; strength: number }> &
  (
    | Readonly<{ kind: 'value'; mean: number; runs: number; otherMean: number; otherRuns: number }>
    | Readonly<{ kind: 'trend'; better: 'lower' | 'higher'; runs: number }>
  );
export type Ranked = Readonly<{ run: FoundRun; value: number }>;

export function readAim(text: unknown): Aim | null {
  const [, goal, metric] = typeof text === 'string' ? (/^(max|min):(.+)$/s.exec(text) ?? []) : [];
  return metric === undefined ? null : { goal: goal as Goal, metric };
}
export const writeAim = ({ goal, metric }: Aim): string => `${goal}:${metric}`;

const SMALL_IS_GOOD = /loss|err|perplexity|rmse|\bmae\b|\bmse\b|latency|duration|time|memory/i;
const OUTCOME = /acc|score|auc|f1|bleu|reward|loss|err|perplexity|rmse/i;
const HELD_OUT = /test|val|eval|dev/i;
export const goalOf = (metric: string): Goal => (SMALL_IS_GOOD.test(metric) ? 'min' : 'max');

/** By which of its values a curve is judged; null for one that is no outcome, such as a gradient's norm. */
export const judgedBy = (metric: string): Goal | null =>
  OUTCOME.test(metric) && !metric.startsWith('system') ? goalOf(metric) : null;

/** What most people would judge these runs by: an outcome, on data that was not trained on. */
export function likelyAim(metrics: readonly string[]): Aim | null {
  const worth = (name: string): number =>
    (name.startsWith('system') ? -8 : 0) +
    (OUTCOME.test(name) ? 4 : 0) +
    (HELD_OUT.test(name) ? 2 : 0) +
    (goalOf(name) === 'max' ? 1 : 0);
  const [metric] = [...metrics].sort((a, b) => worth(b) - worth(a) || (a < b ? -1 : 1));
  return metric === undefined ? null : { goal: goalOf(metric), metric };
}

/** Runs with a finite value of the metric, the best first. */
export function rank(runs: readonly FoundRun[], { goal, metric }: Aim): Ranked[] {
  const sign = goal === 'max' ? -1 : 1;
  return runs
    .map((run) => ({ run, value: Number(valueOf(run, `metrics.${metric}`) ?? Number.NaN) }))
    .filter(({ value }) => Number.isFinite(value))
    .sort((a, b) => sign * (a.value - b.value));
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;

/** Pearson's correlation; 0 where one side does not vary. */
function correlation(xs: readonly number[], ys: readonly number[]): number {
  const [mx, my] = [meanOf(xs), meanOf(ys)];
  let [xy, xx, yy] = [0, 0, 0];
  xs.forEach((x, i) => {
    const [dx, dy] = [x - mx, (ys[i] ?? my) - my];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  });
  return xx === 0 || yy === 0 ? 0 : xy / Math.sqrt(xx * yy);
}

/** Ranks from 0, equal values sharing the mean of theirs. */
function ranksOf(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  return values.map((value) => (sorted.indexOf(value) + sorted.lastIndexOf(value)) / 2);
}

const FEW_VALUES = 4;
const FEWEST_RUNS = 3;
const WEAKEST = 0.1;

/** Of a number with many values: whether lower or higher ones go with better results, and the best run is on that side. */
function trendOf(param: string, found: ReadonlyArray<Ranked & { at: number }>, goal: Goal): Reason | null {
  const ats = found.map(({ at }) => at);
  const rho = correlation(ranksOf(ats), ranksOf(found.map(({ value }) => value)));
  const better = rho > 0 === (goal === 'max') ? 'higher' : 'lower';
  const best = found[0];
  if (best === undefined) return null;
  const median = [...ats].sort((a, b) => a - b)[Math.floor(ats.length / 2)] ?? best.at;
  const isThere = better === 'higher' ? best.at >= median : best.at <= median;
  return isThere ? { kind: 'trend', param, value: best.at, better, strength: Math.abs(rho), runs: found.length } : null;
}

/** Of a choice: how the runs with the best run's value came out, beside the others. */
function valueReasonOf(param: string, ranked: readonly Ranked[], goal: Goal): Reason | null {
  const value = ranked[0] === undefined ? null : valueOf(ranked[0].run, param);
  if (value === null) return null;
  const isSame = ranked.map(({ run }) => valueOf(run, param) === value);
  const same = ranked.filter((_, i) => isSame[i]).map((one) => one.value);
  const other = ranked.filter((_, i) => !isSame[i]).map((one) => one.value);
  if (same.length < 2 || other.length === 0) return null;
  const [mean, otherMean] = [meanOf(same), meanOf(other)];
  if (goal === 'max' ? mean <= otherMean : mean >= otherMean) return null;
  const strength = Math.abs(
    correlation(
      isSame.map(Number),
      ranked.map((one) => one.value),
    ),
  );
  return { kind: 'value', param, value, strength, mean, runs: same.length, otherMean, otherRuns: other.length };
}

/** What the best of these runs has that goes along with good results, the strongest first. */
export function reasonsOf(ranked: readonly Ranked[], goal: Goal): Reason[] {
  if (ranked.length < FEWEST_RUNS) return [];
  const params = keyedColumnsOf(ranked.map(({ run }) => run)).filter((id) => id.startsWith('params.'));
  return params
    .flatMap((param) => {
      const numbers = ranked.flatMap((one) => {
        const at = valueOf(one.run, param);
        return typeof at === 'number' ? [{ ...one, at }] : [];
      });
      const isTrend = numbers.length === ranked.length && new Set(numbers.map(({ at }) => at)).size > FEW_VALUES;
      const reason = isTrend ? trendOf(param, numbers, goal) : valueReasonOf(param, ranked, goal);
      return reason === null || reason.strength < WEAKEST ? [] : [{ ...reason, param: titleOf(param) }];
    })
    .sort((a, b) => b.strength - a.strength);
}
