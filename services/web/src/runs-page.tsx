import { Anchor, Text } from '@mantine/core';
import type { RunsAnswer } from '@runledger/contracts/http';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { formatDuration } from './format';
import { Grid, type GridColumn } from './grid';
import { useLive } from './live';
import { Empty, LogFirstRun, Pending } from './notice';
import { PageHead } from './page-head';
import { experimentRead, runsRead } from './reads';
import { StatusMark } from './status-mark';
import { When } from './when';

type Run = RunsAnswer['runs'][number];

const COLUMNS: readonly GridColumn[] = [
  { id: 'name', title: 'Run', width: 280, pinned: true },
  { id: 'status', title: 'Status', width: 130 },
  { id: 'started', title: 'Started', width: 130 },
  { id: 'duration', title: 'Duration', width: 130, align: 'right' },
  { id: 'run', title: 'Id', width: 320 },
];

function cell(run: Run, { id }: GridColumn) {
  const started = run.startedAt === null ? null : Date.parse(run.startedAt);
  if (id === 'name')
    return (
      <Anchor component={Link} to={`/runs/${encodeURIComponent(run.run)}`} size="sm" fw={550}>
        {run.name ?? run.run}
      </Anchor>
    );
  if (id === 'status') return <StatusMark status={run.status} />;
  if (id === 'started') return run.startedAt !== null && <When at={run.startedAt} />;
  if (id === 'duration')
    return (
      started !== null && formatDuration((run.finishedAt === null ? Date.now() : Date.parse(run.finishedAt)) - started)
    );
  return (
    <Text span size="xs" ff="monospace" c="dimmed">
      {run.run}
    </Text>
  );
}

type Found = Readonly<{ name: string; runs: readonly Run[]; onNearEnd: (() => void) | undefined }>;

function RunGrid({ name, runs, onNearEnd }: Found) {
  if (runs.length === 0)
    return (
      <Empty title="No runs yet">
        <LogFirstRun experiment={name} />
      </Empty>
    );
  const of = { label: `Runs of ${name}`, rows: runs, columns: COLUMNS, rowId: ({ run }: Run) => run, cell, onNearEnd };
  return <Grid {...of} />;
}

export function RunsPage({ experiment }: { experiment: string }) {
  useLive({ experiment }, [['runs', experiment]], 1_500);
  const of = useQuery(experimentRead(experiment));
  const read = useInfiniteQuery(runsRead(experiment));
  const runs = read.data?.pages.flatMap((page) => page.runs);
  const name = of.data?.name ?? experiment;
  const onNearEnd = read.hasNextPage && !read.isFetchingNextPage ? () => void read.fetchNextPage() : undefined;
  return (
    <>
      <PageHead title={name} above={[{ label: 'Experiments', to: '/' }]} />
      <Pending read={read} />
      {runs !== undefined && <RunGrid name={name} runs={runs} onNearEnd={onNearEnd} />}
    </>
  );
}
