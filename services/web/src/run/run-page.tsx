import { Badge, Code, CopyButton, Tabs } from '@mantine/core';
import type { RunAnswer } from '@runledger/contracts/http';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect } from 'react';
import { useLive } from '../api/live';
import { experimentRead, metricsRead, runRead } from '../api/reads';
import { CopyMenu } from '../elements/copy-menu';
import { formatCount } from '../elements/format';
import { Loading, Pending } from '../elements/notice';
import { PageHead } from '../elements/page-head';
import { StatusMark } from '../elements/status-mark';
import { RunObjectives } from '../governance/run-objectives';
import { RunArtifacts } from './run-artifacts';
import { RunOverview } from './run-overview';
import classes from './run-page.module.css';
import { RunParams } from './run-params';
import { RunProgress } from './run-progress-mark';
import { runSnippets } from './run-snippets';
import { RUN_TABS, type RunTab } from './run-tabs';

const Lineage = lazy(async () => ({ default: (await import('../lineage/lineage')).Lineage }));
const RunComments = lazy(async () => ({ default: (await import('../comments/run-comments')).RunComments }));
const RunConsole = lazy(async () => ({ default: (await import('./run-console')).RunConsole }));
const RunHistory = lazy(async () => ({ default: (await import('./run-history')).RunHistory }));
const ChartWall = lazy(async () => ({ default: (await import('../charts/chart-wall')).ChartWall }));

const TITLES: Record<RunTab, string> = {
  charts: 'Charts',
  overview: 'Overview',
  objectives: 'Objectives',
  params: 'Params',
  artifacts: 'Artifacts',
  lineage: 'Lineage',
  console: 'Console',
  history: 'History',
  comments: 'Comments',
};

function Charts({ of }: { of: RunAnswer }) {
  const read = useInfiniteQuery(metricsRead(of.run));
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = read;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  if (data === undefined) return <Pending read={read} />;
  const metrics = data.pages.flatMap((page) => page.metrics.map(({ key }) => key));
  const runs = [{ run: of.run, name: of.name ?? of.run }];
  return (
    <Suspense fallback={<Loading rows={8} />}>
      <ChartWall
        metrics={metrics}
        note={hasNextPage ? `The first ${formatCount(metrics.length)} names; the others are being read.` : null}
        runs={runs}
        belongsTo={['run', of.run]}
      />
    </Suspense>
  );
}

function Parts({ of, tab, onTab }: { of: RunAnswer; tab: RunTab; onTab: (tab: RunTab) => void }) {
  return (
    <Tabs
      value={tab}
      onChange={(next) => onTab(RUN_TABS.find((one) => one === next) ?? 'charts')}
      className={classes.tabs}
    >
      <Tabs.List px="md" className={classes.list}>
        {RUN_TABS.map((one) => (
          <Tabs.Tab key={one} value={one}>
            {TITLES[one]}
            {one === 'params' && <span className={classes.count}>{of.params.length}</span>}
            {one === 'artifacts' && <span className={classes.count}>{of.artifacts.length}</span>}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={tab} className={classes.panel} tabIndex={0}>
        {tab === 'charts' && <Charts of={of} />}
        {tab === 'overview' && <RunOverview run={of} />}
        {tab === 'objectives' && <RunObjectives run={of.run} />}
        {tab === 'params' && <RunParams params={of.params} />}
        {tab === 'lineage' && (
          <Suspense fallback={<Loading rows={4} />}>
            <Lineage node={`run:${of.run}`} />
          </Suspense>
        )}
        {tab === 'console' && (
          <Suspense fallback={<Loading rows={8} />}>
            <RunConsole run={of.run} />
          </Suspense>
        )}
        {tab === 'history' && (
          <Suspense fallback={<Loading rows={4} />}>
            <RunHistory run={of.run} />
          </Suspense>
        )}
        {tab === 'comments' && (
          <Suspense fallback={<Loading rows={4} />}>
            <RunComments run={of.run} />
          </Suspense>
        )}
        {tab === 'artifacts' && <RunArtifacts run={of.run} artifacts={of.artifacts} />}
      </Tabs.Panel>
    </Tabs>
  );
}

function CopyId({ id }: { id: string }) {
  return (
    <CopyButton value={id}>
      {({ copied, copy }) => (
        <button type="button" className={classes.id} onClick={copy} title="Copy the id">
          <Code>{id}</Code> {copied ? 'Copied' : 'Copy id'}
        </button>
      )}
    </CopyButton>
  );
}

export function RunPage({ run, tab, onTab }: { run: string; tab: RunTab; onTab: (tab: RunTab) => void }) {
  useLive({ run }, [['run', run, 'curves']], { seldom: [['run', run]] });
  const read = useQuery(runRead(run));
  const experiment = read.data?.experiment ?? null;
  const above = useQuery({ ...experimentRead(experiment ?? ''), enabled: experiment !== null });
  const crumbs = [{ label: 'Experiments', to: '/' }];
  if (experiment !== null)
    crumbs.push({ label: above.data?.name ?? experiment, to: `/experiments/${encodeURIComponent(experiment)}` });
  return (
    <>
      <PageHead
        title={read.data?.name ?? run}
        above={crumbs}
        beside={
          read.data !== undefined && (
            <>
              <StatusMark status={read.data.status} />
              {read.data.lifecycle === 'deleted' && (
                <Badge variant="default" tt="none">
                  Deleted
                </Badge>
              )}
              <RunProgress run={read.data} />
            </>
          )
        }
      >
        <CopyId id={run} />
        <CopyMenu texts={runSnippets(location.origin, run)} />
      </PageHead>
      <Pending read={read} />
      {read.data !== undefined && <Parts of={read.data} tab={tab} onTab={onTab} />}
    </>
  );
}
