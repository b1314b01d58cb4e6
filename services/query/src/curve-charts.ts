import {
  type BucketSource,
  type CurveAxis,
  type CurveExtents,
  type CurveGrid,
  createCurveReads,
  createNamePatterns,
  layGrid,
} from '@runledger/clickhouse';
import type { CurvesBody } from '@runledger/contracts/http';
import { Fault } from '@runledger/kernel';
import { createCurveNames } from '@runledger/postgres';
import { bucketsAnswerOf, groupAnswerOf, pointsAnswerOf } from './curve-answers';
import { askedEnds, type CurvePlan, closeRange, planCurves } from './curve-plan';
import type { QueryPorts } from './query-ports';

/** Points that one answer may be made of, where no rollups help. */
const MOST_POINTS = 25_000_000;
const NOTHING = { from: null, to: null, width: null, curves: [], groups: [] };

function checkWork(points: number): void {
  if (points > MOST_POINTS)
    throw new Fault(
      'invalid',
      'QUERY_TOO_MANY_POINTS',
      'the request reads too many points: ask for fewer curves, or go by steps',
      {
        context: { details: { points, most: MOST_POINTS } },
      },
    );
}

type CurveAnswer = ReturnType<typeof pointsAnswerOf> | ReturnType<typeof bucketsAnswerOf>;
const nameOf = ({ series, key }: { series: number; key: number }): string => `${series}/${key}`;

/** Charts by the names of runs and metrics. */
export function createCurveCharts({ source, clickhouse }: Pick<QueryPorts, 'source' | 'clickhouse'>) {
  const names = createCurveNames(source);
  const matching = createNamePatterns(clickhouse);
  const reads = createCurveReads(clickhouse);

  /** Null when the axis is a metric that the workspace does not have: then no point has a place on it. */
  async function axisOf(workspace: string, { x }: CurvesBody, plan: CurvePlan): Promise<CurveAxis | null> {
    if (typeof x === 'object') {
      const [found] = await names.keyNumbersOf(workspace, [x.metric]);
      return found === undefined ? null : { kind: 'metric', key: found.number };
    }
    if (x === 'step' || x === 'time') return { kind: x };
    const unknown = plan.pairs.filter(({ series }) => plan.startOf.get(series) === null);
    const earliest = await reads.earliest(unknown);
    const bases = [...plan.startOf].map(([series, start]): [number, bigint] => [
      series,
      start === null ? (earliest.get(series) ?? 0n) : BigInt(start),
    ]);
    return { kind: 'time', bases: new Map(bases) };
  }

  async function extentsOf(plan: CurvePlan, axis: CurveAxis, body: CurvesBody): Promise<CurveExtents> {
    const watermarks = await names.watermarks();
    const ends = askedEnds(body, axis);
    const isClosed = ends.from !== undefined && ends.to !== undefined;
    const whole = isClosed ? null : await reads.extents(plan.pairs, { axis }, watermarks);
    const range = closeRange(ends, isClosed ? (ends as NonNullable<CurveExtents['range']>) : (whole?.range ?? null));
    if (range === null) return { range, loose: [], rolled: [], touched: null, loosePoints: 0, rolledPoints: 0 };
    if (whole !== null && ends.from === undefined && ends.to === undefined) return whole;
    return reads.extents(plan.pairs, { axis, range }, watermarks);
  }

  /** Curves in buckets; those that have no more points than there may be buckets, as points. */
  async function curvesOf(plan: CurvePlan, made: BucketSource, body: CurvesBody) {
    const { axis, grid } = made;
    const buckets = await reads.buckets(made);
    const few = buckets.filter(({ count }) => count.reduce((sum, n) => sum + n, 0) <= body.buckets);
    const points = new Map((await reads.points(few, axis, grid)).map((curve) => [nameOf(curve), curve]));
    const bucketed = new Map(buckets.map((curve) => [nameOf(curve), curve]));
    return plan.pairs.flatMap((pair): CurveAnswer[] => {
      const named = { run: plan.runOf.get(pair.series) ?? '', key: plan.keyOf.get(pair.key) ?? '' };
      const asPoints = points.get(nameOf(pair));
      const asBuckets = bucketed.get(nameOf(pair));
      if (asPoints !== undefined) return [pointsAnswerOf(named, asPoints, body)];
      return asBuckets === undefined ? [] : [bucketsAnswerOf(named, asBuckets, grid, body)];
    });
  }

  async function groupsOf(workspace: string, plan: CurvePlan, made: BucketSource, body: CurvesBody) {
    const runs = [...plan.runOf];
    const byRun = await names.groupValues(
      workspace,
      runs.map(([, run]) => run),
      body.groupBy ?? 'experiment',
    );
    const values = [...new Set(runs.map(([, run]) => byRun.get(run) ?? null))];
    const numberOf = new Map(values.map((value, i) => [value, i]));
    const members = new Map(runs.map(([series, run]) => [series, numberOf.get(byRun.get(run) ?? null) ?? 0]));
    const groups = await reads.groups(made, members, body.quantiles);
    return groups.map((group) => {
      const value = values[group.group] ?? null;
      const ofGroup = runs.filter(([series]) => members.get(series) === group.group).map(([, run]) => run);
      return groupAnswerOf({ value, key: plan.keyOf.get(group.key) ?? '', runs: ofGroup }, group, made.grid, body);
    });
  }

  /** @throws Fault invalid QUERY_TOO_MANY_CURVES, QUERY_TOO_MANY_POINTS, QUERY_BAD_RANGE, CLICKHOUSE_BAD_PATTERN */
  return async function curves(workspace: string, body: CurvesBody) {
    const plan = await planCurves({ names, matching }, workspace, body);
    const { missing } = plan;
    const axis = await axisOf(workspace, body, plan);
    if (axis === null || plan.pairs.length === 0) return { ...NOTHING, missing };
    const extents = await extentsOf(plan, axis, body);
    if (extents.range === null) return { ...NOTHING, missing };
    const grid: CurveGrid = layGrid(axis.kind, extents.range, body.buckets);
    const byRollups = grid.exact && grid.shift !== null;
    checkWork(byRollups ? extents.loosePoints : extents.loosePoints + extents.rolledPoints);
    const made = { axis, grid, extents };
    const { from, to, width } = grid;
    return body.groupBy === undefined
      ? { from, to, width, curves: await curvesOf(plan, made, body), groups: [], missing }
      : { from, to, width, curves: [], groups: await groupsOf(workspace, plan, made, body), missing };
  };
}
export type CurveCharts = ReturnType<typeof createCurveCharts>;
