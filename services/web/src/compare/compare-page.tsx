import { Anchor, Switch, Tabs } from '@mantine/core';
import type { FacetsAnswer, SearchAnswer } from '@runledger/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useLive } from '../api/live';
import { comparedFacetsRead, comparedRead } from '../api/reads';
import { formatNumber } from '../elements/format';
import { Empty, Pending } from '../elements/notice';
import { PageHead } from '../elements/page-head';
import pageClasses from '../run/run-page.module.css';
import { type FoundRun, keyedColumnsOf, titleOf, valueOf, varies } from '../runs/run-columns';
import classes from './compare-page.module.css';

const ChartWall = lazy(async () => ({ default: (await import('../charts/chart-wall')).ChartWall }));

/** Names that facets tell at most, and metrics that stand in the table of differences: of more, those that most runs have. */
const MOST_NAMES = 500;
const MOST_COMPARED = 100;
const metricsOf = (facets: FacetsAnswer | undefined): string[] => (facets?.metrics ?? []).map(({ key }) => key);

/** Rows of the comparison: what was put in, then what came out. */
function rowsOf(runs: readonly FoundRun[]): string[] {
  const metrics = new Set(runs.flatMap((run) => run.metrics.map(({ key }) => `metrics.${key}`)));
  return [...keyedColumnsOf(runs), ...[...metrics].sort()];
}

function shown(run: FoundRun, id: string): string {
  const value = valueOf(run, id);
  if (value === null) return '–';
  return typeof value === 'number' || id.startsWith('metrics.') ? formatNumber(Number(value)) : String(value);
}

/** How far a number is from the baseline's. */
function differenceOf(run: FoundRun, baseline: FoundRun, id: string): string {
  const [a, b] = [valueOf(run, id), valueOf(baseline, id)];
  if (run === baseline || typeof a !== 'number' || typeof b !== 'number' || a === b) return '';
  return `${a > b ? '+' : '−'}${formatNumber(Math.abs(a - b))}`;
}

function Differences({ runs }: { runs: readonly FoundRun[] }) {
  const [onlyDifferent, setOnlyDifferent] = useState(true);
  const [baseline, setBaseline] = useState(runs[0]?.run ?? '');
  const base = runs.find(({ run }) => run === baseline) ?? runs[0];
  const rows = useMemo(() => rowsOf(runs).filter((id) => !onlyDifferent || varies(runs, id)), [runs, onlyDifferent]);
  if (base === undefined) return null;
  return (
    <div className={classes.page}>
      <Switch
        size="xs"
        mb="sm"
        label="Only differences"
        checked={onlyDifferent}
        onChange={(event) => setOnlyDifferent(event.currentTarget.checked)}
      />
      {/* Scrolled by keyboard too. */}
      <div className={classes.scroll} tabIndex={0} role="region" aria-label="Differences, scrollable">
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Baseline</th>
              {runs.map((run) => (
                <th key={run.run} scope="col">
                  <label>
                    <input
                      type="radio"
                      name="baseline"
                      aria-label={`Baseline: ${run.name ?? run.run}`}
                      checked={run === base}
                      onChange={() => setBaseline(run.run)}
                    />
                  </label>
                  <Anchor component={Link} to={`/runs/${encodeURIComponent(run.run)}`} size="sm">
                    {run.name ?? run.run}
                  </Anchor>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((id) => (
              <tr key={id}>
                <th scope="row" title={id}>
                  {titleOf(id)}
                </th>
                {runs.map((run) => (
                  <td key={run.run} data-differs={valueOf(run, id) !== valueOf(base, id) || undefined}>
                    {shown(run, id)} <small>{differenceOf(run, base, id)}</small>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length === 0 && <Empty title="They do not differ" />}
    </div>
  );
}

function Compared({ found: { runs }, metrics }: { found: SearchAnswer; metrics: readonly string[] }) {
  const named = useMemo(() => runs.map(({ run, name }) => ({ run, name: name ?? run })), [runs]);
  return (
    <Tabs defaultValue="charts" keepMounted={false} className={pageClasses.tabs}>
      <Tabs.List px="md">
        <Tabs.Tab value="charts">Charts</Tabs.Tab>
        <Tabs.Tab value="differences">Differences</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="charts" className={pageClasses.panel} tabIndex={0}>
        <Suspense fallback={null}>
          <ChartWall
            metrics={metrics}
            note={metrics.length < MOST_NAMES ? null : `The ${MOST_NAMES} metrics that most of these runs have.`}
            runs={named}
            belongsTo={['compared']}
          />
        </Suspense>
      </Tabs.Panel>
      <Tabs.Panel value="differences" className={pageClasses.panel} tabIndex={0}>
        <Differences runs={runs} />
      </Tabs.Panel>
    </Tabs>
  );
}

export function ComparePage({ runs }: { runs: readonly string[] }) {
  useLive({ run: runs }, [['compared']], 1_500);
  const facets = useQuery({ ...comparedFacetsRead(runs), enabled: runs.length > 0 });
  const metrics = useMemo(() => metricsOf(facets.data), [facets.data]);
  const asked = metrics.slice(0, MOST_COMPARED);
  const read = useQuery({ ...comparedRead(runs, asked), enabled: facets.data !== undefined });
  if (runs.length === 0)
    return (
      <>
        <PageHead title="Compare" />
        <Empty title="Pick runs in the table of an experiment, then Compare" />
      </>
    );
  return (
    <>
      <PageHead title={`Compare ${runs.length} runs`} above={[{ label: 'Experiments', to: '/' }]} />
      <Pending read={facets.error === null ? read : facets} />
      {read.data !== undefined && <Compared found={read.data} metrics={metrics} />}
    </>
  );
}
