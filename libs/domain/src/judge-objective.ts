import {
  measuredKey,
  type ObjectiveAggregate,
  type ObjectiveComparison,
  type ObjectiveDefinition,
  type ObjectiveResult,
  toJsonDouble,
} from '@runledger/contracts';

/** A metric of a run, summed up. Min and max leave NaN out, and are null where there is nothing else. */
export type Measured = Readonly<Record<'latest' | 'last', number> & Record<'min' | 'max', number | null>>;

/** What of a run an objective looks at. */
export type RunRecorded = Readonly<{
  /** When it began, ms since 1970: what it says, or when the log first had something of it if that was earlier. */
  began: number | null;
  /** Digests of the data sets that it used. */
  datasets: ReadonlySet<string>;
  metrics: ReadonlyMap<string, Measured>;
}>;

/** An objective as it is to be judged by; `definedAt`: ms since 1970, of this definition. */
export type DatedObjective = Readonly<{
  objective: string;
  number: number;
  definition: ObjectiveDefinition;
  definedAt: number;
}>;

const HOLDS: Readonly<Record<ObjectiveComparison, (value: number, threshold: number) => boolean>> = {
  '<': (value, threshold) => value < threshold,
  '<=': (value, threshold) => value <= threshold,
  '>': (value, threshold) => value > threshold,
  '>=': (value, threshold) => value >= threshold,
};

const valueOf = (measured: Measured, aggregate: ObjectiveAggregate): number => measured[aggregate] ?? Number.NaN;

/** Pure. NaN meets nothing and misses by nothing that could be said. */
export function judgeObjective(
  { objective, number, definition, definedAt }: DatedObjective,
  run: RunRecorded,
): ObjectiveResult {
  const { name, aggregate, comparison, threshold, dataset } = definition;
  const afterStart = run.began !== null && definedAt > run.began;
  const about = { objective, number, name, afterStart };
  const nothing = (reason: string): ObjectiveResult => ({
    ...about,
    outcome: 'no value',
    value: null,
    missedBy: null,
    reason,
  });
  if (dataset !== undefined && !run.datasets.has(dataset))
    return nothing(`the run has used no data set of the digest ${dataset}`);
  const key = measuredKey(definition);
  const measured = run.metrics.get(key);
  if (measured === undefined) return nothing(`the run has logged no ${key}`);
  const value = valueOf(measured, aggregate);
  const isMet = HOLDS[comparison](value, threshold);
  return {
    ...about,
    outcome: isMet ? 'met' : 'missed',
    value: toJsonDouble(value),
    missedBy: isMet || Number.isNaN(value) ? null : toJsonDouble(Math.abs(value - threshold)),
    reason: null,
  };
}

/** `accuracy ≥ 0.9`, as people read it. */
export const objectiveText = (definition: Omit<ObjectiveDefinition, 'name'>): string =>
  `${definition.aggregate} ${measuredKey(definition)} ${definition.comparison} ${definition.threshold}`;
