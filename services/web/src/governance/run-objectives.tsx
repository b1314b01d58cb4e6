import { Code, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { runResultsRead } from '../api/governance';
import { Empty, Pending } from '../elements/notice';
import classes from '../run/run-facts.module.css';
import { ResultsTable } from './results-table';

/** A run, judged by what its project and experiment want. */
export function RunObjectives({ run }: { run: string }) {
  const read = useQuery(runResultsRead(run));
  const { data } = read;
  if (data === undefined) return <Pending read={read} rows={3} />;
  if (data.results.length === 0)
    return (
      <Empty title="No objectives">
        <Text c="dimmed" ta="center">
          Its project and experiment have none. Define one with <Code>POST /api/v1/commands/define-objective</Code>.
        </Text>
      </Empty>
    );
  return (
    <div className={classes.page}>
      <ResultsTable title="Objectives" results={data.results} />
    </div>
  );
}
