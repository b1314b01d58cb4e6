import { formatDuration, formatNumber } from '../elements/format';
import { ProgressMark } from '../elements/progress-mark';
import { RowLink } from '../elements/row-link';
import { StatusMark } from '../elements/status-mark';
import { When } from '../elements/when';
import { ObjectiveCell, objectiveOf } from '../governance/judged-runs';
import { durationOf, type FoundRun, heardOf, isMetricColumn, valueOf } from './run-columns';
import { progressInWords, progressOf } from './run-progress';
import classes from './runs-table.module.css';

/** When something happened to a run, in ms; null for columns that are no times. */
function timeOf(run: FoundRun, column: string): number | null {
  if (column === 'heard') return heardOf(run);
  const at = column === 'started' ? run.startedAt : column === 'finished' ? run.finishedAt : null;
  return at === null ? null : Date.parse(at);
}

function ValueCell({ run, column }: { run: FoundRun; column: string }) {
  const value = valueOf(run, column);
  if (value === null) return <span className={classes.none}>–</span>;
  const isNumber = typeof value === 'number' || isMetricColumn(column);
  return (
    <span className={column === 'run' ? classes.id : classes.cut} title={String(value)}>
      {isNumber ? formatNumber(value as number | string) : String(value)}
    </span>
  );
}

/** While a run goes on, how far it has come beside its status. */
function StatusCell({ run }: { run: FoundRun }) {
  const progress = run.status === 'running' ? progressOf(run, run.metrics) : null;
  return (
    <>
      <StatusMark status={run.status} />
      {progress !== null && <span className={classes.beside}>{progressInWords(progress)}</span>}
    </>
  );
}

function ProgressCell({ run }: { run: FoundRun }) {
  const progress = progressOf(run, run.metrics);
  if (progress === null) return <span className={classes.none}>–</span>;
  return <ProgressMark share={progress.share} words={progressInWords(progress)} />;
}

/** What a run's row shows in this column. */
export function RunCell({ run, column }: { run: FoundRun; column: string }) {
  switch (column) {
    case 'name':
      return <RowLink to={`/runs/${encodeURIComponent(run.run)}`}>{run.name ?? run.run}</RowLink>;
    case 'status':
      return <StatusCell run={run} />;
    case 'progress':
      return <ProgressCell run={run} />;
    case 'duration': {
      const duration = durationOf(run, Date.now());
      return duration === null ? null : <span>{formatDuration(duration)}</span>;
    }
    case 'started':
    case 'finished':
    case 'heard': {
      const at = timeOf(run, column);
      return at === null ? null : <When at={new Date(at).toISOString()} />;
    }
    default: {
      const objective = objectiveOf(column);
      if (objective !== null) return <ObjectiveCell run={run.run} objective={objective} />;
      return <ValueCell run={run} column={column} />;
    }
  }
}
