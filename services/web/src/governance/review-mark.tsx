import { OutcomeMark } from './outcome-mark';

/** When a model is to be reviewed, and whether that is past. */
export const ReviewMark = ({ of: { reviewBy, overdue } }: { of: { reviewBy: string | null; overdue: boolean } }) =>
  overdue ? <OutcomeMark is="bad">{`${reviewBy}, overdue`}</OutcomeMark> : <>{reviewBy ?? '–'}</>;
