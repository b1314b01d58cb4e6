import { Tabs, Text } from '@mantine/core';
import type { FacetsAnswer } from '@runledger/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo } from 'react';
import { useLive } from '../api/live';
import { comparedFacetsRead, comparedRead } from '../api/reads';
import { CopyLink } from '../elements/copy-link';
import { formatCount } from '../elements/format';
import { Empty, Pending } from '../elements/notice';
import { PageHead } from '../elements/page-head';
import pageClasses from '../run/run-page.module.css';
import type { FoundRun } from '../runs/run-columns';
import { COMPARE_TABS, type CompareState, type CompareTab } from './compare-state';
import { ComparedCharts } from './compared-charts';
import { DifferencesPanel } from './differences-panel';

const PlotsPanel = lazy(async () => ({ default: (await import('./plots-panel')).PlotsPanel }));
const ImportancePanel = lazy(async () => ({ default: (await import('./importance-panel')).ImportancePanel }));
const ObjectivesPanel = lazy(async () => ({ default: (await import('./objectives-panel')).ObjectivesPanel }));
const ArtifactsPanel = lazy(async () => ({ default: (await import('./artifacts-panel')).ArtifactsPanel }));
const CodePanel = lazy(async () => ({ default: (await import('./code-panel')).CodePanel }));

const TITLES: Record<CompareTab, string> = {
  charts: 'Charts',
  differences: 'Differences',
  scatter: 'Scatter',
  parallel: 'Parallel coordinates',
  importance: 'Importance',
  contour: 'Contour',
  boxes: 'Box plots',
  objectives: 'Objectives',
  artifacts: 'Artifacts',
  code: 'Code and environment',
};
/** Metrics that stand in the table of differences: of more, those that most runs have. */
const MOST_COMPARED = 100;

/** In the order of the address, whose first is the baseline where none is chosen. */
function inOrder(found: readonly FoundRun[], ids: readonly string[]): FoundRun[] {
  const byId = new Map(found.map((run) => [run.run, run]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

type PageParts = Readonly<{ state: CompareState; onState: (change: Partial<CompareState>) => void }>;
type ComparedParts = PageParts & Readonly<{ runs: readonly FoundRun[]; facets: FacetsAnswer }>;

function Panel(parts: ComparedParts) {
  const { state } = parts;
  switch (state.tab) {
    case 'charts':
      return <ComparedCharts {...parts} />;
    case 'differences':
      return <DifferencesPanel {...parts} />;
    case 'importance':
      return <ImportancePanel {...parts} />;
    case 'objectives':
      return <ObjectivesPanel {...parts} />;
    case 'artifacts':
      return <ArtifactsPanel {...parts} />;
    case 'code':
      return <CodePanel {...parts} />;
    default:
      return <PlotsPanel key={state.tab} kind={state.tab} {...parts} />;
  }
}

function Compared(parts: ComparedParts) {
  const { state, onState } = parts;
  return (
    <Tabs
      value={state.tab}
      onChange={(tab) => onState({ tab: COMPARE_TABS.find((one) => one === tab) ?? 'charts', x: null, colour: null })}
      keepMounted={false}
      className={pageClasses.tabs}
    >
      <Tabs.List px="md">
        {COMPARE_TABS.map((tab) => (
          <Tabs.Tab key={tab} value={tab}>
            {TITLES[tab]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={state.tab} className={pageClasses.panel} tabIndex={0}>
        <Suspense fallback={<Pending read={{ data: undefined, error: null, refetch: () => undefined }} />}>
          <Panel {...parts} />
        </Suspense>
      </Tabs.Panel>
    </Tabs>
  );
}

export function ComparePage({ state, onState }: PageParts) {
  const { runs } = state;
  useLive({ run: runs }, [['compared']], { spacing: 500 });
  const facets = useQuery({ ...comparedFacetsRead(runs), enabled: runs.length > 0 });
  const asked = useMemo(
    () => (facets.data?.metrics ?? []).slice(0, MOST_COMPARED).map(({ key }) => key),
    [facets.data],
  );
  const read = useQuery({ ...comparedRead(runs, asked), enabled: facets.data !== undefined });
  const found = useMemo(() => inOrder(read.data?.runs ?? [], runs), [read.data, runs]);
  if (runs.length === 0)
    return (
      <>
        <PageHead title="Compare" />
        <Empty title="Pick runs in the table of an experiment, then Compare" />
      </>
    );
  const missing = read.data === undefined ? 0 : runs.length - found.length;
  return (
    <>
      <PageHead title={`Compare ${formatCount(runs.length)} runs`} above={[{ label: 'Experiments', to: '/' }]}>
        <CopyLink />
      </PageHead>
      <Pending read={facets.error === null ? read : facets} />
      {missing > 0 && (
        <Text size="xs" c="dimmed" px={20} role="status">
          {formatCount(missing)} of these runs cannot be found.
        </Text>
      )}
      {read.data !== undefined && facets.data !== undefined && (
        <Compared {...{ state, onState, facets: facets.data, runs: found }} />
      )}
    </>
  );
}
