import {
  type BucketQuestion,
  type CurveAxis,
  type CurveBuckets,
  type CurveGrid,
  createCurveReads,
  createMetricSharing,
  createNamePatterns,
  createWriterSpans,
  layGrid,
  wholeEnds,
} from '@runledger/clickhouse';
import type { Reach } from '@runledger/contracts';
import type { CurvesBody } from '@runledger/contracts/http';
import { type AsOf, createCurveNames } from '@runledger/postgres';
import { bucketsAnswerOf, groupAnswerOf, pointsAnswerOf } from './curve-answers';
import { type Asked, askedEnds, type CurvePlan, closeRange, planCurves } from './curve-plan';
import { checkWork, extentsOf } from './curve-work';
import type { QueryPorts } from './query-ports';

const NOTHING = { from: null, to: null, width: null, curves: [], groups: [] };

type Prepared = Readonly<{ plan: CurvePlan; made: BucketQuestion | null }>;
type NamedBuckets = Readonly<{ grid: CurveGrid | null; byKey: ReadonlyMap<string, CurveBuckets> }>;
type CurveAnswer = ReturnType<typeof pointsAnswerOf> | ReturnType<typeof bucketsAnswerOf>;
const nameOf = ({ series, key }: { series: number; key: number }): string => `${series}/${key}`;

/** Charts by the names of runs and metrics. */
export function createCurveCharts({ source, clickhouse }: Pick<QueryPorts, 'source' | 'clickhouse'>) {
  const names = createCurveNames(source);
  const matching = createNamePatterns(clickhouse);
  const sharing = createMetricSharing(clickhouse);
  const reads = createCurveReads(clickhouse);
  const spansThen = createWriterSpans(clickhouse);

  /** Null when the axis is a metric that the workspace does not have: then no point has a place on it. */
  async function axisOf({ reach, body: { x }, asOf }: Asked, plan: CurvePlan): Promise<CurveAxis | null> {
    if (typeof x === 'object') {
      const [found] = await names.keyNumbersOf(reach.workspace, [x.metric]);
      return found === undefined ? null : { kind: 'metric', key: found.number };
    }
    if (x === 'step' || x === 'time') return { kind: x };
    const unknown = plan.curves.filter(({ series }) => plan.lineOf.get(series)?.startedAt === null);
    const earliest = await reads.earliest(unknown, asOf?.metrics);
    const bases = [...plan.lineOf].map(([series, { startedAt }]): [number, bigint] => [
      series,
      startedAt === null ? (earliest.get(series) ?? 0n) : BigInt(startedAt),
    ]);
    return { kind: 'time', bases: new Map(bases) };
  }

  /** Curves in buckets; those that have no more points than there may be buckets, as points. */
  async function curvesOf(plan: CurvePlan, made: BucketQuestion, body: CurvesBody) {
    const { axis, grid, cuts } = made;
    const buckets = await reads.buckets(made);
    const bucketed = new Map(buckets.map((curve) => [nameOf(curve), curve]));
    const few = plan.curves.filter((curve) => {
      const counts = bucketed.get(nameOf(curve))?.count;
      return counts !== undefined && counts.reduce((sum, n) => sum + n, 0) <= body.buckets;
    });
    const points = new Map(
      (await reads.points(few, { axis, range: grid, cuts })).map((curve) => [nameOf(curve), curve]),
    );
    return plan.curves.flatMap((pair): CurveAnswer[] => {
      const { run = '', writer } = plan.lineOf.get(pair.series) ?? {};
      const named = { run, ...(writer === undefined ? {} : { writer }), key: plan.keyOf.get(pair.key) ?? '' };
      const asPoints = points.get(nameOf(pair));
      const asBuckets = bucketed.get(nameOf(pair));
      if (asPoints !== undefined) return [pointsAnswerOf(named, asPoints, body)];
      return asBuckets === undefined ? [] : [bucketsAnswerOf(named, asBuckets, grid, body)];
    });
  }

  async function groupsOf({ reach, body, asOf }: Asked, plan: CurvePlan, made: BucketQuestion) {
    const lines = [...plan.lineOf];
    const runs = [...new Set(lines.map(([, { run }]) => run))];
    const byRun =
      body.groupBy === 'run'
        ? new Map(runs.map((run) => [run, run]))
        : await names.groupValues(reach.workspace, runs, body.groupBy ?? 'experiment', asOf);
    const values = [...new Set(runs.map((run) => byRun.get(run) ?? null))];
    const numberOf = new Map(values.map((value, i) => [value, i]));
    const members = new Map(lines.map(([series, { run }]) => [series, numberOf.get(byRun.get(run) ?? null) ?? 0]));
    const groups = await reads.groups(made, members, body.quantiles);
    return groups.map((group) => {
      const value = values[group.group] ?? null;
      const ofGroup = runs.filter((run) => (byRun.get(run) ?? null) === value);
      return groupAnswerOf({ value, key: plan.keyOf.get(group.key) ?? '', runs: ofGroup }, group, made.grid, body);
    });
  }

  /** What a request comes to, before its buckets are read; null when nothing of it has a place. */
  async function prepare(asked: Asked): Promise<Prepared> {
    const { body, asOf } = asked;
    const cuts = asOf?.metrics;
    const ends = askedEnds(body);
    const plan = await planCurves({ names, matching, sharing, spansThen }, asked);
    const axis = await axisOf(asked, plan);
    if (axis === null || plan.curves.length === 0) return { plan, made: null };
    const { range: whole, points } = await extentsOf(reads, plan.curves, { axis, cuts });
    const range = closeRange(ends, whole);
    if (range === null) return { plan, made: null };
    const laid = layGrid(axis.kind, range, body.buckets);
    const grid = body.ends === 'whole' ? wholeEnds(laid) : laid;
    const made = { axis, grid, curves: plan.curves, cuts };
    await checkWork(reads, { ...made, points });
    return { plan, made };
  }

  return {
    /** @throws Fault invalid QUERY_TOO_MANY_CURVES, QUERY_TOO_MANY_POINTS, QUERY_BAD_RANGE, CLICKHOUSE_BAD_PATTERN */
    async curves(reach: Reach, body: CurvesBody, asOf?: AsOf) {
      const asked = { reach, body, asOf };
      const { plan, made } = await prepare(asked);
      const { missing } = plan;
      if (made === null) return { ...NOTHING, missing };
      const { from, to, width } = made.grid;
      return body.groupBy === undefined
        ? { from, to, width, curves: await curvesOf(plan, made, body), groups: [], missing }
        : { from, to, width, curves: [], groups: await groupsOf(asked, plan, made), missing };
    },

    /** Curves in buckets, also those that have few points, by the names of their metrics. @throws like `curves` */
    async buckets(reach: Reach, body: CurvesBody, asOf?: AsOf): Promise<NamedBuckets> {
      const { plan, made } = await prepare({ reach, body, asOf });
      const read = made === null ? [] : await reads.buckets(made);
      return {
        grid: made?.grid ?? null,
        byKey: new Map(read.map((curve) => [plan.keyOf.get(curve.key) ?? '', curve])),
      };
    },
  };
}
export type CurveCharts = ReturnType<typeof createCurveCharts>;
export type ChartAnswer = Awaited<ReturnType<CurveCharts['curves']>>;
