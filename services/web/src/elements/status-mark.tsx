import classes from './status-mark.module.css';

export type RunStatus = 'unannounced' | 'scheduled' | 'running' | 'finished' | 'failed' | 'killed';

/** Told by a word and a shape, not by colour alone. */
export const StatusMark = ({ status }: { status: RunStatus }) => (
  <span className={classes.status} data-status={status}>
    <span className={classes.dot} aria-hidden="true" />
    {status}
  </span>
);
