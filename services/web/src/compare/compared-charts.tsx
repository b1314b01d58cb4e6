import type { FacetsAnswer } from '@runledger/contracts/http';
import { lazy, Suspense, useMemo } from 'react';
import type { FoundRun } from '../runs/run-columns';
import { ColumnSelect } from './column-select';
import type { CompareState } from './compare-state';

const ChartWall = lazy(async () => ({ default: (await import('../charts/chart-wall')).ChartWall }));

/** Names that facets tell at most. */
const MOST_NAMES = 500;

type ChartsParts = Readonly<{
  runs: readonly FoundRun[];
  facets: FacetsAnswer;
  state: CompareState;
  onState: (change: Partial<CompareState>) => void;
}>;

/** Curves of the runs, or of groups of them with the mean and its band. */
export function ComparedCharts({ runs, facets, state, onState }: ChartsParts) {
  const named = useMemo(() => runs.map(({ run, name }) => ({ run, name: name ?? run })), [runs]);
  const metrics = useMemo(() => facets.metrics.map(({ key }) => key), [facets]);
  const groups = useMemo(
    () => [
      ...facets.params.filter(({ varies }) => varies).map(({ key }) => `params.${key}`),
      ...facets.tags.filter(({ varies }) => varies).map(({ key }) => `tags.${key}`),
    ],
    [facets],
  );
  return (
    <Suspense fallback={null}>
      <ChartWall
        metrics={metrics}
        note={metrics.length < MOST_NAMES ? null : `The ${MOST_NAMES} metrics that most of these runs have.`}
        runs={named}
        belongsTo={['compared']}
        groupBy={state.groupBy}
        tools={
          groups.length > 0 && (
            <ColumnSelect
              label="Mean of runs by"
              placeholder="Mean of runs by …"
              columns={groups}
              value={state.groupBy}
              clearable
              onValue={(groupBy) => onState({ groupBy })}
            />
          )
        }
      />
    </Suspense>
  );
}
