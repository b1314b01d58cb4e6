import { useQuery } from '@tanstack/react-query';
import { runResultsRead } from '../api/governance';
import { Pending } from '../elements/notice';
import classes from '../run/run-facts.module.css';
import { NoObjectives } from './no-objectives';
import { ResultsTable } from './results-table';

/** A run, judged by what its project and experiment want. */
export function RunObjectives({ run }: { run: string }) {
  const read = useQuery(runResultsRead(run));
  const { data } = read;
  if (data === undefined) return <Pending read={read} rows={3} />;
  if (data.results.length === 0) return <NoObjectives of="Its project and experiment have none" />;
  return (
    <div className={classes.page}>
      <ResultsTable title="Objectives" results={data.results} />
    </div>
  );
}
