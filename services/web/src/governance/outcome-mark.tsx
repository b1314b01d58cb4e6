import classes from './outcome-mark.module.css';

const SIGNS = { good: '✓', bad: '✗', open: '–' } as const;

/** Told by a word and a sign, not by colour alone. */
export const OutcomeMark = ({ is, children }: { is: keyof typeof SIGNS; children: string }) => (
  <span className={classes.outcome} data-is={is}>
    <span className={classes.sign} aria-hidden="true">
      {SIGNS[is]}
    </span>
    {children}
  </span>
);
