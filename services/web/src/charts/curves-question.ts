import type { CurvesQuestion } from '@runledger/contracts/http';
import { splitColumn } from '../runs/run-columns';
import type { AlignedCurves } from './align-curves';

export const SMOOTHINGS = ['ema', 'time-weighted-ema', 'running-average'] as const;
export type ChartLook = Readonly<{
  x: 'step' | 'time' | 'relative-time' | Readonly<{ metric: string }>;
  smoothing: Readonly<{
    method: (typeof SMOOTHINGS)[number] /** From 0, which is none, to below 1. */;
    strength: number;
  }>;
  /** Places of zero and below are left out. */
  logX: boolean;
  logY: boolean;
  /** A curve for each process (rank) of a run. */
  ranks: boolean;
}>;
export const FIRST_LOOK: ChartLook = {
  x: 'step',
  smoothing: { method: 'ema', strength: 0 },
  logX: false,
  logY: false,
  ranks: false,
};
export type Range = Readonly<{ from: number; to: number }> | null;
export type ChartedRun = Readonly<{ run: string; name: string }>;

/** Curves in one chart at most: nobody tells more apart. Groups are made of all runs. */
const MOST_CURVES = 100;
const BUCKETS = { small: 400, large: 1_000 };
/** Widest window of a running average, at full strength. */
const WIDEST = 200;

type Asked = Readonly<{
  metric: string;
  runs: readonly ChartedRun[];
  look: ChartLook;
  groupBy: string | null;
  isLarge: boolean;
}>;

export const chartedRuns = ({ runs, groupBy }: Pick<Asked, 'runs' | 'groupBy'>): readonly ChartedRun[] =>
  groupBy === null ? runs.slice(0, MOST_CURVES) : runs;

function smoothingOf({ method, strength }: ChartLook['smoothing']): CurvesQuestion['smoothing'] {
  return method === 'running-average'
    ? { method, window: Math.max(1, Math.round(strength * WIDEST)) }
    : { method, weight: strength };
}

function groupOf(id: string | null): CurvesQuestion['groupBy'] {
  const column = splitColumn(id ?? '');
  if (column === null) return undefined;
  return column.kind === 'tags' ? { tag: column.key } : { param: column.key };
}

/** What is asked of the server for a chart. A part of an axis of whole numbers is asked for by whole ones. */
export function curvesQuestion(asked: Asked, range: Range): CurvesQuestion {
  const { metric, look, groupBy, isLarge } = asked;
  const isWhole = typeof look.x === 'string';
  const smoothing = look.smoothing.strength === 0 ? undefined : smoothingOf(look.smoothing);
  const group = groupOf(groupBy);
  return {
    runs: chartedRuns(asked).map(({ run }) => run),
    keys: [metric],
    x: look.x,
    buckets: isLarge ? BUCKETS.large : BUCKETS.small,
    ...(isWhole ? { ends: 'whole' as const } : {}),
    columns: ['count', 'nans', 'positiveInfs', 'negativeInfs', 'min', 'max', 'avg'],
    ...(range === null
      ? {}
      : { from: isWhole ? Math.floor(range.from) : range.from, to: isWhole ? Math.ceil(range.to) : range.to }),
    ...(smoothing === undefined ? {} : { smoothing }),
    ...(group === undefined ? {} : { groupBy: group, quantiles: [] }),
    ...(look.ranks && group === undefined ? { writers: 'each' as const } : {}),
  };
}

/** What each curve is called: its run, the rank of it, or what the runs of its group share. */
export function namesOf(curves: AlignedCurves, runs: readonly ChartedRun[]): string[] {
  const names = new Map(runs.map(({ run, name }) => [run, name]));
  return curves.curves.map(({ run, writer }) => {
    const name = names.get(run) ?? (run === '' ? 'none' : run);
    if (writer === undefined) return name;
    const rank = writer === '' ? 'no writer' : writer;
    return runs.length === 1 ? rank : `${name}, ${rank}`;
  });
}
