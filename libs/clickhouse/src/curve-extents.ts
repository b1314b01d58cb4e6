import { Bindings } from './bindings';
import { type AxisRange, type CurveAxis, type CurvePair, inPairs, pointsOnAxis } from './curve-axis';
import type { ClickHouse } from './engine';
import { METRIC_POINT, versionsOf } from './metric-point';
import { METRIC_ROLLUP, ROLLUP_SHIFTS } from './rollup';
import { float } from './series-reads';

/** Up to which offset of each partition the rollups hold; points from there on are read themselves. */
export type Watermarks = ReadonlyMap<number, number>;

/** What is known of the curves before they are read. */
export type CurveExtents = Readonly<{
  /** From the least to the greatest place of any of their points; null without any. */
  range: AxisRange | null;
  /** Stored rows of the pairs that have no rollups, within the range that was asked for. */
  loosePoints: number;
  /** The same of those that have. */
  rolledPoints: number;
  loose: readonly CurvePair[];
  rolled: readonly CurvePair[];
  /** Steps that points beyond the watermarks have touched in rolled pairs, and in which. */
  touched: Readonly<{ low: bigint; high: bigint; pairs: readonly CurvePair[] }> | null;
}>;

const FINE = ROLLUP_SHIFTS[0];
const FINE_STEPS = 1n << BigInt(FINE);
const nameOf = ({ series, key }: CurvePair): string => `${series}/${key}`;
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const greatest = (a: bigint, b: bigint): bigint => (a > b ? a : b);

type StepRange = Readonly<{ from: bigint; to: bigint }>;
type Bounds = { low: bigint; high: bigint } | null;
const widen = (a: Bounds, b: Bounds): Bounds =>
  a === null || b === null ? (a ?? b) : { low: least(a.low, b.low), high: greatest(a.high, b.high) };

type BoundsRow = { n: string; low: string; high: string };
type PairRow = BoundsRow & { series: number; key: number };
const boundsOf = (rows: readonly BoundsRow[]): Bounds =>
  rows.reduce<Bounds>((all, row) => widen(all, { low: BigInt(row.low), high: BigInt(row.high) }), null);
const sum = (rows: readonly PairRow[]): number => rows.reduce((total, row) => total + Number(row.n), 0);

export function createExtentReads(clickhouse: ClickHouse) {
  const ask = <Row>(to: Bindings, sql: string): Promise<Row[]> => clickhouse.rows<Row>(sql, to.params);

  /** Pairs that have rollups, with their points and the fine buckets at their ends. */
  function rolledRows(pairs: readonly CurvePair[], range: StepRange | undefined): Promise<PairRow[]> {
    const to = new Bindings();
    const inRange =
      range === undefined
        ? '1'
        : `bucket between ${to.bind(range.from >> BigInt(FINE), 'Int64')} and ${to.bind(range.to >> BigInt(FINE), 'Int64')}`;
    return ask(
      to,
      `select series, key, sumIf(points, ${inRange}) as n, min(bucket) as low, max(bucket) as high from ${METRIC_ROLLUP} final
       where width = ${to.bind(FINE_STEPS, 'UInt32')} and ${inPairs(to, pairs)} group by series, key`,
    );
  }

  function touchedRows(pairs: readonly CurvePair[], watermarks: Watermarks): Promise<PairRow[]> {
    const to = new Bindings();
    const beyond = [...watermarks].map(
      ([partition, rolledTo]) =>
        `(lp = ${to.bind(partition, 'UInt16')} and ver <= ${to.bind(versionsOf(rolledTo, rolledTo).high, 'UInt64')})`,
    );
    return ask(
      to,
      `select series, key, count() as n, min(step) as low, max(step) as high from ${METRIC_POINT}
       where (${beyond.join(' or ') || '0'}) and ${inPairs(to, pairs)} group by series, key`,
    );
  }

  function looseRows(pairs: readonly CurvePair[], range: StepRange | undefined): Promise<PairRow[]> {
    const to = new Bindings();
    const inRange =
      range === undefined ? '' : `and step between ${to.bind(range.from, 'Int64')} and ${to.bind(range.to, 'Int64')}`;
    return ask(
      to,
      `select series, key, count() as n, min(step) as low, max(step) as high from ${METRIC_POINT}
       where ${inPairs(to, pairs)} ${inRange} group by series, key`,
    );
  }

  /** The least and the greatest step inside the outermost fine buckets of rolled pairs. */
  async function exactEnds(pairs: readonly CurvePair[], rows: readonly PairRow[]): Promise<Bounds> {
    const outer = boundsOf(rows);
    if (outer === null) return null;
    const to = new Bindings();
    const bucket = (at: bigint): string =>
      `step between ${to.bind(at << BigInt(FINE), 'Int64')} and ${to.bind((at << BigInt(FINE)) + FINE_STEPS - 1n, 'Int64')}`;
    const found = await ask<BoundsRow>(
      to,
      `select count() as n, min(step) as low, max(step) as high from ${METRIC_POINT}
       where ${inPairs(to, pairs)} and (${bucket(outer.low)} or ${bucket(outer.high)})`,
    );
    return boundsOf(found.filter((row) => row.n !== '0'));
  }

  async function ofSteps(
    pairs: readonly CurvePair[],
    range: StepRange | undefined,
    watermarks: Watermarks,
  ): Promise<CurveExtents> {
    const rolledBy = await rolledRows(pairs, range);
    const names = new Set(rolledBy.map(nameOf));
    const rolled = pairs.filter((pair) => names.has(nameOf(pair)));
    const loose = pairs.filter((pair) => !names.has(nameOf(pair)));
    const [looseBy, touchedBy, ends] = await Promise.all([
      loose.length === 0 ? [] : looseRows(loose, range),
      rolled.length === 0 ? [] : touchedRows(rolled, watermarks),
      range !== undefined ? null : exactEnds(rolled, rolledBy),
    ]);
    const touched = boundsOf(touchedBy);
    const whole = widen(widen(boundsOf(looseBy), touched), ends);
    return {
      range: range ?? (whole && { from: whole.low, to: whole.high }),
      loosePoints: sum(looseBy) + sum(touchedBy),
      rolledPoints: sum(rolledBy),
      loose,
      rolled,
      touched: touched && { ...touched, pairs: touchedBy.map(({ series, key }) => ({ series, key })) },
    };
  }

  /** On other axes nothing is rolled: what they cost is all points. */
  async function ofPoints(
    pairs: readonly CurvePair[],
    axis: CurveAxis,
    range: AxisRange | undefined,
  ): Promise<CurveExtents> {
    const to = new Bindings();
    const [row] = await ask<{ n: string; low: string | number; high: string | number }>(
      to,
      `select count() as n, min(x) as low, max(x) as high from (${pointsOnAxis(to, pairs, { axis })})`,
    );
    const none = row === undefined || row.n === '0';
    const whole: AxisRange | null = none
      ? null
      : axis.kind === 'metric'
        ? { from: float(row.low), to: float(row.high) }
        : { from: BigInt(row.low), to: BigInt(row.high) };
    const points = Number(row?.n ?? 0);
    return { range: range ?? whole, loosePoints: points, rolledPoints: 0, loose: pairs, rolled: [], touched: null };
  }

  /** Where the curves lie on the axis, and how they are best read. */
  return async function extents(
    pairs: readonly CurvePair[],
    where: Readonly<{ axis: CurveAxis; range?: AxisRange | undefined }>,
    watermarks: Watermarks,
  ): Promise<CurveExtents> {
    const { axis, range } = where;
    if (axis.kind === 'step') return ofSteps(pairs, range as StepRange | undefined, watermarks);
    return ofPoints(pairs, axis, range);
  };
}
