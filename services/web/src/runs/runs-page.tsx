import { Button, VisuallyHidden } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useMemo, useState } from 'react';
import { ApiError } from '../api/api';
import { experimentRead, metricNamesRead, runsRead } from '../api/reads';
import { useAction } from '../elements/actions';
import { CopyLink } from '../elements/copy-link';
import { Grid, type GridColumn } from '../elements/grid';
import { TrophyIcon } from '../elements/icons';
import { Empty, LogFirstRun, Pending } from '../elements/notice';
import { PageHead } from '../elements/page-head';
import { likelyAim, writeAim } from './best-run';
import {
  ATTRIBUTE_COLUMNS,
  type FoundRun,
  isNumeric,
  keyedColumnsOf,
  metricKeysOf,
  orderOf,
  pickColumns,
  titleOf,
  varies,
  widthOf,
} from './run-columns';
import { RunCell } from './runs-cell';
import { ColumnHead } from './runs-head';
import { RunsPicked } from './runs-picked';
import { RunsTools } from './runs-tools';
import { SavedViews } from './saved-views';
import type { TableState } from './table-state';
import { useLiveRuns } from './use-live-runs';
import { useView } from './use-view';

const BestPanel = lazy(async () => ({ default: (await import('./best-panel')).BestPanel }));

type TableParts = Readonly<{ state: TableState; onState: (change: Partial<TableState>) => void }>;
const PICK: GridColumn = {
  id: ' pick',
  title: 'Picked',
  width: 38,
  pinned: true,
  head: <VisuallyHidden>Picked</VisuallyHidden>,
};

/** Reads the runs with the metrics that are shown. */
function useRuns(experiment: string, { filter, sort, columns, deleted }: TableState) {
  const names = useQuery(metricNamesRead(experiment));
  const known = useMemo(() => names.data?.names ?? [], [names.data]);
  const metrics = columns === null ? metricKeysOf(pickColumns([], known)) : metricKeysOf(columns);
  const asked = {
    filter,
    orderBy: orderOf(sort),
    metrics,
    lifecycle: deleted ? ('deleted' as const) : ('active' as const),
  };
  const read = useInfiniteQuery({ ...runsRead(experiment, asked), enabled: !names.isPending });
  const { isStale, reread } = useLiveRuns(experiment, asked);
  const runs = useMemo(() => read.data?.pages.flatMap((page) => page.runs), [read.data]);
  return { read, runs, isStale, reread, metricNames: known, count: read.data?.pages[0]?.count ?? null };
}

/** Pinned columns come first, wherever they stood. */
function gridColumns(shown: readonly string[], { state, onState }: TableParts): GridColumn[] {
  const pinned = shown.filter((id) => state.pinned.includes(id));
  const ordered = [...pinned, ...shown.filter((id) => !state.pinned.includes(id))];
  return ordered.map((id) => {
    const width = state.widths[id] ?? widthOf(id);
    return {
      id,
      title: titleOf(id),
      width,
      pinned: state.pinned.includes(id),
      align: isNumeric(id) ? 'right' : 'left',
      head: <ColumnHead column={id} width={width} state={state} shown={shown} onState={onState} />,
    };
  });
}

function NoRuns({ name, state }: { name: string; state: TableState }) {
  if (state.deleted) return <Empty title="No run is deleted" />;
  if (state.filter !== '') return <Empty title="No run matches the filter" />;
  return (
    <Empty title="No runs yet">
      <LogFirstRun experiment={name} />
    </Empty>
  );
}

type FoundParts = TableParts &
  Readonly<{ name: string; runs: readonly FoundRun[]; shown: readonly string[]; onNearEnd?: () => void }>;

function RunsTable({ name, runs, shown, state, onState, onNearEnd }: FoundParts) {
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const columns = useMemo(() => [PICK, ...gridColumns(shown, { state, onState })], [shown, state, onState]);
  const pick = (run: string): void => {
    const next = new Set(picked);
    if (!next.delete(run)) next.add(run);
    setPicked(next);
  };
  const chosen = useMemo(() => runs.filter(({ run }) => picked.has(run)), [runs, picked]);
  if (runs.length === 0) return <NoRuns name={name} state={state} />;
  return (
    <>
      {chosen.length > 0 && (
        <RunsPicked picked={chosen} areDeleted={state.deleted} onNone={() => setPicked(new Set())} />
      )}
      <Grid
        label={`Runs of ${name}`}
        rows={runs}
        columns={columns}
        rowId={({ run }) => run}
        isChosen={({ run }) => picked.has(run)}
        sortedBy={({ id }) => (state.sort === id ? 'ascending' : state.sort === `-${id}` ? 'descending' : undefined)}
        cell={(run, { id }) =>
          id === PICK.id ? (
            <input
              type="checkbox"
              aria-label={`Pick ${run.name ?? run.run}`}
              checked={picked.has(run.run)}
              onChange={() => pick(run.run)}
            />
          ) : (
            <RunCell run={run} column={id} />
          )
        }
        onNearEnd={onNearEnd}
      />
    </>
  );
}

function shownColumns(
  { columns, varying }: TableState,
  runs: readonly FoundRun[],
  metricNames: readonly string[],
): string[] {
  const all = columns ?? pickColumns(runs, metricNames);
  return varying ? all.filter((id) => varies(runs, id)) : [...all];
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
  const { read, runs, isStale, reread, metricNames, count } = useRuns(experiment, state);
  const name = of.data?.name ?? experiment;
  const onState = useCallback((to: Partial<TableState>) => change(to), [change]);
  const { search, onView } = useView(state, change);
  const onBest = useCallback((best: string | null) => change({ best }), [change]);
  const shown = useMemo(() => shownColumns(state, runs ?? [], metricNames), [state, runs, metricNames]);
  const known = useMemo(
    () => [...ATTRIBUTE_COLUMNS, ...metricNames.map((key) => `metrics.${key}`), ...keyedColumnsOf(runs ?? [])],
    [runs, metricNames],
  );
  const more = read.hasNextPage && !read.isFetchingNextPage ? { onNearEnd: () => void read.fetchNextPage() } : {};
  return (
    <>
      <PageHead title={name} above={[{ label: 'Experiments', to: '/' }]}>
        <BestButton metricNames={metricNames} onBest={onBest} />
        <CopyLink />
      </PageHead>
      <RunsTools
        {...{ state, onState, known, shown, count }}
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
        <RunsTable name={name} runs={runs} shown={shown} state={state} onState={onState} {...more} />
      )}
    </>
  );
}
