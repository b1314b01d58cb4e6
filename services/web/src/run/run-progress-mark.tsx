import type { RunAnswer } from '@runledger/contracts/http';
import { useInfiniteQuery } from '@tanstack/react-query';
import { metricsRead } from '../api/reads';
import { formatCount, formatDuration } from '../elements/format';
import { ProgressMark } from '../elements/progress-mark';
import { progressInWords, progressOf, timeLeft, totalStepsOf } from '../runs/run-progress';

/** How far a run that says where it goes has come, and how long it may still take. */
export function RunProgress({ run }: { run: RunAnswer }) {
  const isRunning = run.status === 'running';
  const read = useInfiniteQuery({ ...metricsRead(run.run), enabled: isRunning && totalStepsOf(run) !== null });
  const progress = progressOf(run, read.data?.pages.flatMap(({ metrics }) => metrics) ?? []);
  if (!isRunning || progress === null) return null;
  const left = run.startedAt === null ? null : timeLeft(progress, Date.now() - Date.parse(run.startedAt));
  const words = [`${progressInWords(progress)}, step ${formatCount(progress.step)} of ${formatCount(progress.total)}`];
  if (left !== null) words.push(`about ${formatDuration(left)} left`);
  return <ProgressMark share={progress.share} words={words.join(', ')} />;
}
