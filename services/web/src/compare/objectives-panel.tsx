import { Anchor, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { comparedResultsRead } from '../api/governance';
import { formatCount } from '../elements/format';
import { Grid, type GridColumn } from '../elements/grid';
import { Pending } from '../elements/notice';
import { Outcome } from '../governance/judged-runs';
import { NoObjectives } from '../governance/no-objectives';
import type { FoundRun } from '../runs/run-columns';
import classes from './compare-page.module.css';

const RUN: GridColumn = { id: ' run', title: 'Run', width: 280, pinned: true };
const MET: GridColumn = { id: ' met', title: 'Met', width: 90 };

/** What each of the runs is to reach, and whether it does. */
export function ObjectivesPanel({ runs }: { runs: readonly FoundRun[] }) {
  const ids = useMemo(() => runs.map(({ run }) => run), [runs]);
  const read = useQuery(comparedResultsRead(ids));
  const results = useMemo(
    () => new Map(read.data?.runs.map((one) => [one.run, new Map(one.results.map((of) => [of.objective, of]))])),
    [read.data],
  );
  const columns = useMemo((): GridColumn[] => {
    const names = new Map(
      [...results.values()].flatMap((of) => [...of.values()].map(({ objective, name }) => [objective, name])),
    );
    return [RUN, MET, ...[...names].map(([id, title]) => ({ id, title, width: 190 }))];
  }, [results]);
  if (read.data === undefined) return <Pending read={read} rows={4} />;
  if (columns.length === 2) return <NoObjectives of="None of these runs has any" />;
  return (
    <div className={classes.page}>
      <Text size="xs" c="dimmed" mb="sm" role="status">
        {formatCount(columns.length - 2)} objectives of {formatCount(runs.length)} runs
      </Text>
      <div className={classes.grid}>
        <Grid
          label="Objectives"
          rows={runs}
          columns={columns}
          rowId={({ run }) => run}
          cell={({ run, name }, { id }) => {
            const of = results.get(run);
            if (id === RUN.id)
              return (
                <Anchor component={Link} to={`/runs/${encodeURIComponent(run)}?tab=objectives`} size="sm">
                  {name ?? run}
                </Anchor>
              );
            if (id === MET.id)
              return `${[...(of?.values() ?? [])].filter(({ outcome }) => outcome === 'met').length} of ${of?.size ?? 0}`;
            const result = of?.get(id);
            return result === undefined ? null : <Outcome {...result} />;
          }}
        />
      </div>
    </div>
  );
}
