import { type SearchAnswer, TOTAL_STEPS_TAG } from '@runledger/contracts/http';

type Said = Pick<SearchAnswer['runs'][number], 'tags'> &
  Readonly<{ params: ReadonlyArray<Readonly<{ key: string; value: unknown }>> }>;
/** Steps are counted from 0; `share` is from 0 to 1. */
export type Progress = Readonly<{ step: number; total: number; share: number }>;

/** What Transformers, Lightning and others log of themselves. */
const PARAMS = ['max_steps', 'total_steps', 'num_training_steps'];

/** How many steps a run will take, as it says; null where it does not. Trainers write -1 for "until I stop". */
export function totalStepsOf({ tags, params }: Said): number | null {
  const said = [
    tags.find(({ key }) => key === TOTAL_STEPS_TAG)?.value,
    ...PARAMS.map((name) => params.find(({ key }) => key === name)?.value),
  ].map(Number);
  return said.find((total) => Number.isSafeInteger(total) && total > 0) ?? null;
}

/** How far a run has come, by the metrics at hand; null where it has logged none of them or does not say how far it goes. */
export function progressOf(run: Said, metrics: ReadonlyArray<Readonly<{ step: number | string }>>): Progress | null {
  const total = totalStepsOf(run);
  if (total === null || metrics.length === 0) return null;
  const step = Math.max(...metrics.map((metric) => Number(metric.step)));
  return { step, total, share: Math.min(1, Math.max(0, (step + 1) / total)) };
}

export const progressInWords = ({ share }: Progress): string => `${Math.floor(share * 100)} %`;

/** In ms, if it goes on as it did; null before anything can be said. */
export const timeLeft = ({ share }: Progress, elapsed: number): number | null =>
  share <= 0 || share >= 1 ? null : (elapsed * (1 - share)) / share;
