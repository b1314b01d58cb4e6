import classes from './progress-mark.module.css';

/** A short bar beside the words that say the same. `share` is from 0 to 1. */
export const ProgressMark = ({ share, words }: { share: number; words: string }) => (
  <span className={classes.progress}>
    <span className={classes.bar} aria-hidden="true">
      <span className={classes.done} style={{ width: `${share * 100}%` }} />
    </span>
    {words}
  </span>
);
