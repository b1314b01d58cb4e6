import type { ObjectivesAnswer, RunResultsAnswer } from '@runledger/contracts/http';
import { useQueries, useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { objectivesRead, resultsRead } from '../api/governance';
import { experimentRead } from '../api/reads';
import { formatNumber, formatTime } from '../elements/format';
import { useTimeZone } from '../elements/time-zone';
import { OutcomeMark } from './outcome-mark';

export type Objective = ObjectivesAnswer['objectives'][number];
type Result = RunResultsAnswer['results'][number];
type Judged = Readonly<{
  objectives: ReadonlyMap<string, Objective>;
  /** By run, then by objective. */
  results: ReadonlyMap<string, ReadonlyMap<string, Result>>;
}>;

/** A column of a table of runs that shows what an objective comes to is `objectives.<id>`. */
const PREFIX = 'objectives.';
export const objectiveColumn = (objective: string): string => PREFIX + objective;
export const objectiveOf = (column: string): string | null =>
  column.startsWith(PREFIX) ? column.slice(PREFIX.length) : null;

const JudgedContext = createContext<Judged>({ objectives: new Map(), results: new Map() });

/** What the runs of an experiment are to reach: its own objectives, and those of its project. */
export function useObjectives(experiment: string): readonly Objective[] {
  const project = useQuery(experimentRead(experiment)).data?.project;
  const own = useQuery(objectivesRead({ experiment }));
  const shared = useQuery({ ...objectivesRead({ project: project ?? '' }), enabled: project !== undefined });
  return useMemo(() => [...(own.data?.objectives ?? []), ...(shared.data?.objectives ?? [])], [own.data, shared.data]);
}

type JudgedParts = Readonly<{
  experiment: string;
  objectives: readonly Objective[];
  /** Ids of runs, in lists that are judged together: at most 1,000 each. */
  pages: ReadonlyArray<readonly string[]>;
  children: ReactNode;
}>;

/** Has these runs judged for what is shown below it. */
export function JudgedRuns({ experiment, objectives, pages, children }: JudgedParts) {
  const isAsked = objectives.length > 0;
  const results = useQueries({
    queries: pages.map((runs) => ({ ...resultsRead(experiment, runs), enabled: isAsked && runs.length > 0 })),
    combine: (reads) =>
      new Map(
        reads.flatMap(({ data }) =>
          (data?.runs ?? []).map(
            (one) => [one.run, new Map(one.results.map((result) => [result.objective, result]))] as const,
          ),
        ),
      ),
  });
  const judged = useMemo(
    () => ({ objectives: new Map(objectives.map((one) => [one.objective, one])), results }),
    [objectives, results],
  );
  return <JudgedContext value={judged}>{children}</JudgedContext>;
}

const COMPARED = { '>=': '≥', '<=': '≤', '>': '>', '<': '<' } as const;

/** What is wanted, and when and by whom it was said to be. */
export function ObjectiveTitle({ objective }: { objective: string }) {
  const zone = useTimeZone();
  const known = useContext(JudgedContext).objectives.get(objective);
  if (known === undefined) return <>{objective}</>;
  const { definition, definedAt, definedBy, number } = known;
  const { metric, aggregate, comparison, threshold } = definition;
  const wanted = `${aggregate} of ${metric} ${COMPARED[comparison]} ${formatNumber(threshold)}`;
  const said = `definition ${number}, of ${formatTime(Date.parse(definedAt), zone)} by ${definedBy}`;
  return <span title={`${wanted}; ${said}`}>{definition.name}</span>;
}

const FLAG = 'defined after the run began';

export function ObjectiveCell({ run, objective }: { run: string; objective: string }) {
  const result = useContext(JudgedContext).results.get(run)?.get(objective);
  if (result === undefined) return null;
  const { outcome, missedBy, value, reason, afterStart } = result;
  const flag = afterStart ? (
    <span title={FLAG} role="img" aria-label={FLAG}>
      {' '}
      ⚑
    </span>
  ) : null;
  const said = value === null ? (reason ?? '') : `value ${formatNumber(value)}`;
  return (
    <span title={said}>
      <Outcome {...{ outcome, missedBy }} />
      {flag}
    </span>
  );
}

/** Met, missed by how much, or not known. */
export function Outcome({ outcome, missedBy }: Pick<Result, 'outcome' | 'missedBy'>) {
  if (outcome === 'met') return <OutcomeMark is="good">met</OutcomeMark>;
  if (outcome === 'no value') return <OutcomeMark is="open">no value</OutcomeMark>;
  return (
    <OutcomeMark is="bad">
      {missedBy === null ? 'missed' : `missed by ${formatNumber(Number(Number(missedBy).toPrecision(3)))}`}
    </OutcomeMark>
  );
}
