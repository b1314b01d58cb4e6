import { Anchor, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo } from 'react';
import { viewRead } from '../api/reads';
import { FIRST_LOOK } from '../charts/curves-question';
import { Empty, Loading, Pending } from '../elements/notice';
import { When } from '../elements/when';
import { JudgedRuns, objectiveOf, useObjectives } from '../governance/judged-runs';
import { ColumnTitle } from '../runs/column-title';
import { metricKeysOf, orderOf, pickColumns } from '../runs/run-columns';
import { RunCell } from '../runs/runs-cell';
import type { TableState } from '../runs/table-state';
import { panelRunsRead } from './board-api';
import classes from './boards.module.css';
import { type RunsContent, runsPath, tableOf } from './panel-search';

const MetricChart = lazy(async () => ({ default: (await import('../charts/metric-chart')).MetricChart }));
const NO_MARKS: [] = [];

/** The columns that the table was saved with; else what tells runs apart. */
function useRuns(content: RunsContent, { filter, sort, columns }: TableState) {
  const metrics = content.kind === 'curves' ? [content.metric] : metricKeysOf(columns ?? [sort.replace(/^-/, '')]);
  const { experiment, most, asOf = null } = content;
  return useQuery(panelRunsRead({ experiment, filter, order: orderOf(sort), metrics, most, asOf }));
}

function Runs({ content, table }: { content: Extract<RunsContent, { kind: 'runs' }>; table: TableState }) {
  const read = useRuns(content, table);
  const objectives = useObjectives(content.experiment);
  const pages = useMemo(() => [(read.data?.runs ?? []).map(({ run }) => run)], [read.data]);
  if (read.data === undefined) return <Pending read={read} rows={3} />;
  const { runs } = read.data;
  const sorted = metricKeysOf([table.sort.replace(/^-/, '')]);
  const columns = table.columns ?? pickColumns(runs, sorted);
  if (runs.length === 0) return <Text size="sm">No run is found by this search.</Text>;
  return (
    <JudgedRuns
      {...{ experiment: content.experiment, pages }}
      objectives={columns.some((id) => objectiveOf(id) !== null) ? objectives : []}
    >
      <div className={classes.scroll}>
        <Table verticalSpacing={4} stickyHeader aria-label="Runs">
          <Table.Thead>
            <Table.Tr>
              {columns.map((column) => (
                <Table.Th key={column}>
                  <ColumnTitle column={column} />
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {runs.map((run) => (
              <Table.Tr key={run.run}>
                {columns.map((column) => (
                  <Table.Td key={column}>
                    <RunCell run={run} column={column} />
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </JudgedRuns>
  );
}

function Curves({ content, table }: { content: Extract<RunsContent, { kind: 'curves' }>; table: TableState }) {
  const read = useRuns(content, table);
  if (read.data === undefined) return <Pending read={read} rows={3} />;
  const runs = read.data.runs.map(({ run, name }) => ({ run, name: name ?? run }));
  if (runs.length === 0) return <Empty title="No run is found by this search" />;
  return (
    <Suspense fallback={<Loading rows={3} />}>
      <MetricChart
        metric={content.metric}
        runs={runs}
        belongsTo={['board-curves']}
        look={FIRST_LOOK}
        groupBy={null}
        marks={NO_MARKS}
        isAlone={false}
        asOf={content.asOf ?? null}
      />
    </Suspense>
  );
}

/** What a panel of runs shows, over a saved view as it is now or over the search that it keeps. */
export function PanelRuns({ content }: { content: RunsContent }) {
  const { view, asOf = null } = content;
  const saved = useQuery({ ...viewRead(view ?? ''), enabled: view !== null });
  if (view !== null && saved.data === undefined) return <Pending read={saved} rows={3} />;
  const table = tableOf(saved.data?.search ?? content.search);
  return (
    <>
      {content.kind === 'runs' ? <Runs content={content} table={table} /> : <Curves content={content} table={table} />}
      <Text size="xs" c="dimmed" mt={4}>
        {asOf !== null ? (
          <>
            Frozen: as it stood <When at={asOf} />.{' '}
          </>
        ) : (
          `The first ${content.most}, live. `
        )}
        <Anchor href={runsPath(content)} size="xs" underline="always">
          {saved.data === undefined ? 'Open these runs' : `Open ${saved.data.name}`}
        </Anchor>
      </Text>
    </>
  );
}
