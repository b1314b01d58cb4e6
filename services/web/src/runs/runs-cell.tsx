import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { formatDuration, formatNumber } from '../elements/format';
import { StatusMark } from '../elements/status-mark';
import { When } from '../elements/when';
import { durationOf, type FoundRun, heardOf, isMetricColumn, valueOf } from './run-columns';
import classes from './runs-table.module.css';

/** What a run's row shows in this column. */
export function RunCell({ run, column }: { run: FoundRun; column: string }) {
  if (column === 'name')
    return (
      <Anchor component={Link} to={`/runs/${encodeURIComponent(run.run)}`} size="sm" fw={550} className={classes.cut}>
        {run.name ?? run.run}
      </Anchor>
    );
  if (column === 'status') return <StatusMark status={run.status} />;
  if (column === 'started' || column === 'finished') {
    const at = column === 'started' ? run.startedAt : run.finishedAt;
    return at === null ? null : <When at={at} />;
  }
  if (column === 'heard') {
    const at = heardOf(run);
    return at === null ? null : <When at={new Date(at).toISOString()} />;
  }
  if (column === 'duration') {
    const duration = durationOf(run, Date.now());
    return duration === null ? null : <span>{formatDuration(duration)}</span>;
  }
  const value = valueOf(run, column);
  if (value === null) return <span className={classes.none}>–</span>;
  const text = typeof value === 'number' || isMetricColumn(column) ? formatNumber(Number(value)) : String(value);
  return (
    <span className={column === 'run' ? classes.id : classes.cut} title={String(value)}>
      {text}
    </span>
  );
}
