import { type ClickHouse, findNewEnds } from '@runledger/clickhouse';
import { findUnordered, type MetricRange, type MetricSummary } from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import type { NumberedBatch } from './series-points';

/** The series of a range whose points may have come before: a batch without a sequence that comes again is not known by it. */
const unreceipted = (batches: readonly NumberedBatch[]): Set<number> =>
  new Set(batches.flatMap(({ series, writer }) => (writer === 0 ? [series] : [])));

/**
 * Leaves repeats out of the ends of a range's summaries: the end of a curve is its last point that came for the first time.
 * Only those are looked up, among the stored points, that have no receipt and do not come behind what is stored.
 */
export async function withoutRepeats(
  stores: Readonly<{ source: DataSource; clickhouse: ClickHouse }>,
  range: Pick<MetricRange, 'partition' | 'first' | 'last'>,
  batches: readonly NumberedBatch[],
  summaries: readonly MetricSummary[],
): Promise<MetricSummary[]> {
  const uncertain = unreceipted(batches);
  const asked = summaries.filter((m) => uncertain.has(m.series));
  const unordered = await findUnordered(stores.source, asked);
  if (unordered.size === 0) return [...summaries];
  const doubtful = new Set([...unordered].map((i) => asked[i]));
  const ends = await findNewEnds(
    stores.clickhouse,
    range,
    [...unordered].map((i) => asked[i] as MetricSummary),
  );
  return summaries.map((m) => (doubtful.has(m) ? { ...m, last: ends.get(`${m.series}/${m.key}`) ?? null } : m));
}
