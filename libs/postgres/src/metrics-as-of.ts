import { type AsOf, cutOfMetrics } from './as-of';
import type { RunMetric } from './run-metric';
import type { SumUpPast } from './run-moment';

type OfRun = Readonly<{ run: string; series: number; metric: RunMetric }>;

/** Origins are offset * 2^20 + ordinal. */
const isSeen = ({ last }: RunMetric, cut: number): boolean => last.origin < BigInt(cut) << 20n;

/** Metrics as they stood then. Those that have moved since are summed up again, and left out where they had no point yet. */
export async function metricsAsOf<M extends OfRun>(
  metrics: readonly M[],
  { sumUp, workspace, asOf }: { sumUp: SumUpPast; workspace: string; asOf: AsOf },
): Promise<M[]> {
  const stale = new Set(metrics.filter(({ run, metric }) => !isSeen(metric, cutOfMetrics(asOf, workspace, run) ?? 0)));
  const pairs = [...stale].map(({ series, metric }) => ({ series, key: metric.key }));
  const past = new Map((await sumUp(pairs, asOf.metrics)).map((one) => [`${one.series}/${one.key}`, one]));
  return metrics.flatMap((one) => {
    if (!stale.has(one)) return [one];
    const found = past.get(`${one.series}/${one.metric.key}`);
    return found === undefined ? [] : [{ ...one, metric: { ...found, name: one.metric.name, unordered: false } }];
  });
}
