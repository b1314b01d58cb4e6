import { Bindings } from './bindings';
import type { ClickHouse } from './engine';
import { METRIC_POINT, seenSql } from './metric-point';

/** Writers of one run that have logged one metric, some of them together with others. */
export type WritersOfMetric = Readonly<{ series: number; writers: readonly number[] }>;

/** Which writers of the runs have logged a metric together, each set once. Reads two columns of all their points; of those before cuts of the partitions when there are. */
export const createMetricSharing =
  (clickhouse: ClickHouse) =>
  async (series: readonly number[], cuts?: readonly number[]): Promise<WritersOfMetric[]> => {
    if (series.length === 0) return [];
    const to = new Bindings();
    const seen = cuts === undefined ? '' : `and ${seenSql(to.bind(cuts, 'Array(UInt64)'))}`;
    return clickhouse.rows<WritersOfMetric>(
      `select distinct series, writers from (
         select series, arraySort(groupUniqArray(writer)) as writers from ${METRIC_POINT}
         where series in ${to.bind([...series], 'Array(UInt32)')} ${seen} group by series, key
       ) where length(writers) > 1 order by series, writers`,
      to.params,
    );
  };
