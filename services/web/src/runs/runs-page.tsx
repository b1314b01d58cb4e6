import { Button } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useEffect, useMemo } from 'react';
import { ApiError } from '../api/api';
import { experimentRead, metricNamesRead, runsRead } from '../api/reads';
import { useAction } from '../elements/actions';
import { CopyLink } from '../elements/copy-link';
import { TrophyIcon } from '../elements/icons';
import { Pending } from '../elements/notice';
import { PageHead } from '../elements/page-head';
import { JudgedRuns, objectiveColumn, objectiveOf, useObjectives } from '../governance/judged-runs';
import { likelyAim, writeAim } from './best-run';
import { runsAskedBy } from './read-ahead';
import { shownColumns } from './run-columns';
import { RunsGrid } from './runs-grid';
import { RunsTools } from './runs-tools';
import { SavedViews } from './saved-views';
import type { TableState } from './table-state';
import { useLiveRuns } from './use-live-runs';
import { useView } from './use-view';

/** Runs that are read for groups. */
const MOST_GROUPED = 5_000;
const GroupsTable = lazy(async () => ({ default: (await import('./groups-table')).GroupsTable }));
const BestPanel = lazy(async () => ({ default: (await import('./best-panel')).BestPanel }));

type TableParts = Readonly<{ state: TableState; onState: (change: Partial<TableState>) => void }>;
/** Reads the runs with the metrics that are shown. */
function useRuns(experiment: string, state: TableState) {
  const names = useQuery(metricNamesRead(experiment));
  const known = useMemo(() => names.data?.names ?? [], [names.data]);
  const asked = runsAskedBy(state, known);
  const read = useInfiniteQuery({ ...runsRead(experiment, asked), enabled: !names.isPending });
  const { isStale, reread } = useLiveRuns(experiment, asked);
  const runs = useMemo(() => read.data?.pages.flatMap((page) => page.runs), [read.data]);
  return { read, runs, isStale, reread, metricNames: known, count: read.data?.pages[0]?.count ?? null };
}

type RunsRead = ReturnType<typeof useRuns>;
type FoundParts = TableParts & Readonly<{ name: string; shown: readonly string[]; found: RunsRead }>;

/** A row for each run, or for each group of runs. Groups are of as many runs as are read for them. */
function Found({ name, shown, state, onState, found }: FoundParts) {
  const { read, runs = [], count } = found;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = read;
  const isGrouped = state.groupBy.length > 0;
  const readsOn = isGrouped && hasNextPage && !isFetchingNextPage && runs.length < MOST_GROUPED;
  useEffect(() => {
    if (readsOn) void fetchNextPage();
  }, [readsOn, fetchNextPage]);
  const more = hasNextPage && !isFetchingNextPage ? { onNearEnd: () => void fetchNextPage() } : {};
  if (!isGrouped || runs.length === 0) return <RunsGrid {...{ name, runs, shown, state, onState }} {...more} />;
  return (
    <Suspense fallback={null}>
      <GroupsTable {...{ name, runs, count, shown, state, onState }} isWhole={!hasNextPage} />
    </Suspense>
  );
}

/** Shows the best run by what most people would judge these runs by. */
function BestButton({ metricNames, onBest }: { metricNames: readonly string[]; onBest: (best: string) => void }) {
  const aim = likelyAim(metricNames);
  useAction('Show the best run', aim === null ? null : () => onBest(writeAim(aim)), 'b');
  if (aim === null) return null;
  return (
    <Button size="xs" leftSection={<TrophyIcon size={15} />} onClick={() => onBest(writeAim(aim))}>
      Best run
    </Button>
  );
}

const isFilterFault = (error: Error | null): boolean => error instanceof ApiError && error.code.startsWith('FILTER_');

export function RunsPage({ experiment, state, onState: change }: TableParts & { experiment: string }) {
  const of = useQuery(experimentRead(experiment));
  const found = useRuns(experiment, state);
  const { read, runs, isStale, reread, metricNames, count } = found;
  const name = of.data?.name ?? experiment;
  const onState = useCallback((to: Partial<TableState>) => change(to), [change]);
  const { search, onView } = useView(state, change);
  const onBest = useCallback((best: string | null) => change({ best }), [change]);
  // One list as long as it says the same: each page that is read would otherwise make all columns anew.
  const objectives = useObjectives(experiment);
  const listed = useMemo(() => {
    const judged = objectives.map(({ objective }) => objectiveColumn(objective));
    return JSON.stringify(shownColumns(state, runs ?? [], metricNames, judged));
  }, [state, runs, metricNames, objectives]);
  const shown = useMemo(() => JSON.parse(listed) as string[], [listed]);
  const isJudged = shown.some((id) => objectiveOf(id) !== null);
  // Nothing is asked of runs whose objectives nobody sees: of a hundred thousand, their lists alone would cost a frame.
  const judgedPages = useMemo(
    () => (isJudged ? (read.data?.pages ?? []).map((page) => page.runs.map(({ run }) => run)) : []),
    [isJudged, read.data],
  );
  return (
    <>
      <PageHead title={name} above={[{ label: 'Experiments', to: '/' }]}>
        <BestButton metricNames={metricNames} onBest={onBest} />
        <CopyLink />
      </PageHead>
      <RunsTools
        {...{ experiment, state, onState, shown, count, objectives }}
        error={read.error}
        views={<SavedViews {...{ experiment, state, search, onView }} />}
      />
      {state.best !== null && (
        <Suspense fallback={null}>
          <BestPanel {...{ experiment, metricNames, onBest, filter: state.filter, best: state.best }} />
        </Suspense>
      )}
      {isStale && (
        <Button
          variant="light"
          size="compact-sm"
          ml={20}
          mb="xs"
          flex="none"
          style={{ alignSelf: 'flex-start' }}
          onClick={() => void reread()}
        >
          Other runs belong here now: read anew
        </Button>
      )}
      {!isFilterFault(read.error) && <Pending read={read} />}
      {runs !== undefined && (
        <JudgedRuns experiment={experiment} pages={judgedPages} objectives={isJudged ? objectives : []}>
          <Found {...{ name, shown, state, onState, found }} />
        </JudgedRuns>
      )}
    </>
  );
}
