import {
  type ClickHouse,
  createMetricSharing,
  createPastSummaries,
  createPointReads,
  createWriterSpans,
  type Point,
  type PointCursor,
} from '@runledger/clickhouse';
import type { Reach } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import {
  type Ancestor,
  type AsOf,
  findSeries,
  listAncestors,
  listMetricNames,
  listRunMetrics,
  listRunWriters,
  type MetricNamePage,
  metricsAsOf,
  type NamedSpan,
  type RunMetric,
  type RunMetricPage,
  writerNames,
} from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import { mayHaveRestarted, type Segment, segmentsOf, sharingOf } from './segments';

export type RunOf = Readonly<{ workspace: string; run: string }>;
export type Metric = Readonly<{ key: string; step: bigint; time: bigint; value: number; points: number }>;
/** Points of one metric in columns; `writer` holds indexes into `writers`. */
export type Curve = Readonly<{
  key: string;
  steps: bigint[];
  times: bigint[];
  values: number[];
  writers: string[];
  writer: number[];
}>;
/** Where a page of points begins: in which of the metrics asked for, and after which point of it. */
export type CurvePlace = readonly [metric: number, after: PointCursor | null];
export type Steps = Readonly<{ from?: bigint | undefined; to?: bigint | undefined }>;

const LEAST = -(2n ** 63n);
const GREATEST = 2n ** 63n - 1n;

const metricNumbers = async (source: DataSource, series: number, keys: readonly string[]) =>
  new Map((await listRunMetrics(source, series, { names: keys, limit: keys.length })).map((m) => [m.name, m.key]));

function checkSteps({ from = LEAST, to = GREATEST }: Steps): { from: bigint; to: bigint } {
  if (from <= to) return { from, to };
  throw new Fault('invalid', 'READS_BAD_RANGE', 'from must not be greater than to');
}

function toCurve(key: string, points: readonly Point[], names: ReadonlyMap<number, string>): Curve {
  const numbers = [...new Set(points.map((p) => p.writer))];
  const index = new Map(numbers.map((number, i) => [number, i]));
  return {
    key,
    steps: points.map((p) => p.step),
    times: points.map((p) => p.time),
    values: points.map((p) => p.value),
    writers: numbers.map((number) => names.get(number) ?? ''),
    writer: points.map((p) => index.get(p.writer) ?? 0),
  };
}

/** Reads of metrics by their names: numbers from Postgres, points from ClickHouse. */
export function createSeriesReads({ source, clickhouse }: { source: DataSource; clickhouse: ClickHouse }) {
  const points = createPointReads(clickhouse);
  const sumUp = createPastSummaries(clickhouse);
  const sharing = createMetricSharing(clickhouse);
  const spansThen = createWriterSpans(clickhouse);

  /** Where points came that may be repeats, only the points themselves tell how many there are. */
  async function countPoints(series: number, metrics: readonly RunMetric[]): Promise<Map<number, number>> {
    const unsure = metrics.flatMap((m) => (m.unordered ? [m.key] : []));
    const counts = await points.counts(series, unsure);
    return new Map(counts.map((c) => [c.key, c.points]));
  }

  type Standing = Readonly<{ run: RunOf; series: number; metrics: readonly RunMetric[]; asOf: AsOf }>;
  async function asTheyStood({ run, series, metrics, asOf }: Standing): Promise<RunMetric[]> {
    const of = metrics.map((metric) => ({ run: run.run, series, metric }));
    return (await metricsAsOf(of, { sumUp, workspace: run.workspace, asOf })).map(({ metric }) => metric);
  }

  async function writerSpans(series: number, asOf: AsOf | undefined): Promise<NamedSpan[]> {
    if (asOf === undefined) return listRunWriters(source, [series]);
    const spans = await spansThen([series], asOf.metrics);
    const names = await writerNames(
      source,
      spans.map(({ writer }) => writer),
    );
    return spans.map((span) => ({ ...span, name: names.get(span.writer) ?? '' }));
  }

  return {
    /** Latest values in the order of the metrics' names; `last` is the last name that was looked at, when there are more. */
    async latest(
      run: RunOf,
      { asOf, ...page }: RunMetricPage & { asOf?: AsOf | undefined },
    ): Promise<{ metrics: Metric[]; last: string | null }> {
      const series = await findSeries(source, run);
      if (series === null) return { metrics: [], last: null };
      const found = await listRunMetrics(source, series, { ...page, limit: page.limit + 1 });
      const shown = found.slice(0, page.limit);
      const known = asOf === undefined ? shown : await asTheyStood({ run, series, metrics: shown, asOf });
      const counts = await countPoints(series, known);
      return {
        metrics: known.map(({ name, key, step, time, value, points: rows }) => {
          return { key: name, step, time, value, points: counts.get(key) ?? rows };
        }),
        last: found.length > page.limit ? (shown.at(-1)?.name ?? null) : null,
      };
    },

    /** Whether the run had a point then. */
    async hasPoints(run: RunOf, asOf: AsOf): Promise<boolean> {
      const series = await findSeries(source, run);
      return series !== null && (await points.hasPoints(series, asOf.metrics));
    },

    /** The run's writers by their first points, and the runs that it was forked from. As of a moment, its points tell. */
    async writers(
      { workspace, run }: RunOf,
      asOf?: AsOf,
    ): Promise<{ segments: Array<Segment<NamedSpan>>; ancestors: Ancestor[] }> {
      const series = await findSeries(source, { workspace, run });
      const [spans, ancestors] = await Promise.all([
        series === null ? [] : writerSpans(series, asOf),
        listAncestors(source, workspace, [run], asOf),
      ]);
      const shared = series !== null && mayHaveRestarted(spans) ? await sharing([series], asOf?.metrics) : [];
      return { segments: segmentsOf(spans, sharingOf(shared.map(({ writers }) => writers))), ancestors };
    },

    /** Names of metrics, in their order. */
    names: (reach: Reach, page: MetricNamePage): Promise<string[]> => listMetricNames(source, reach, page),

    /** Points of the metrics, one after another, each in the order of steps. */
    async curves(
      run: RunOf,
      asked: Steps & { keys: readonly string[]; start: CurvePlace; limit: number; asOf?: AsOf | undefined },
    ): Promise<{ curves: Curve[]; next: CurvePlace | null }> {
      const bounds = checkSteps(asked);
      const series = await findSeries(source, run);
      if (series === null) return { curves: [], next: null };
      const numbers = await metricNumbers(source, series, asked.keys);
      const read: Array<{ key: string; points: Point[] }> = [];
      let left = asked.limit;
      let place: CurvePlace | null = asked.start;
      while (place !== null && left > 0) {
        const [at, after]: CurvePlace = place; // annotated, or its type would depend on itself
        const key = asked.keys[at] ?? '';
        const number = numbers.get(key);
        const part: { points: Point[]; next: PointCursor | null } =
          number === undefined
            ? { points: [], next: null }
            : await points.points({
                series,
                key: number,
                ...bounds,
                after: after ?? undefined,
                limit: left,
                cuts: asked.asOf?.metrics,
              });
        read.push({ key, points: part.points });
        left -= part.points.length;
        if (part.next !== null) place = [at, part.next];
        else place = at + 1 < asked.keys.length ? [at + 1, null] : null;
      }
      const writers = new Set(read.flatMap((part) => part.points.map((p) => p.writer)));
      const names = await writerNames(source, [...writers]);
      return { curves: read.map((part) => toCurve(part.key, part.points, names)), next: place };
    },
  };
}
export type SeriesReads = ReturnType<typeof createSeriesReads>;
