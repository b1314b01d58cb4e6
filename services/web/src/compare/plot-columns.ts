import type { FacetsAnswer } from '@runledger/contracts/http';
import { likelyAim } from '../runs/best-run';

const MOST_AXES = 8;

/** Every column that a plot of these runs may have. */
export const columnsOf = ({ params, metrics, tags }: FacetsAnswer): string[] => [
  ...params.filter(({ varies }) => varies).map(({ key }) => `params.${key}`),
  ...['metrics', 'metrics-min', 'metrics-max'].flatMap((kind) => metrics.map(({ key }) => `${kind}.${key}`)),
  ...tags.filter(({ varies }) => varies).map(({ key }) => `tags.${key}`),
];

/** What most people would look at: an outcome, the params that differ (numbers first), and those of them that are choices. */
export function likelyColumns({ params, metrics }: FacetsAnswer) {
  const aim = likelyAim(metrics.map(({ key }) => key));
  const differing = params.filter(({ varies, key }) => varies && !/seed/i.test(key));
  const isNumber = ({ min }: { min: number | null }): boolean => min !== null;
  const ordered = [...differing.filter(isNumber), ...differing.filter((param) => !isNumber(param))];
  return {
    outcome: aim === null ? null : `metrics.${aim.metric}`,
    params: ordered.slice(0, MOST_AXES).map(({ key }) => `params.${key}`),
    choices: [...differing].sort((a, b) => a.distinct - b.distinct).map(({ key }) => `params.${key}`),
  };
}
