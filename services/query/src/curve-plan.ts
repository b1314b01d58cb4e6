import type { AxisRange, CurvePair, CurveState, NamePattern } from '@runledger/clickhouse';
import { partitionOfRun } from '@runledger/contracts';
import type { CurvesBody } from '@runledger/contracts/http';
import { Fault } from '@runledger/kernel';
import type { CurveNames, KeyNumber } from '@runledger/postgres';

/** Curves of one answer, alone and in groups. */
const MOST_CURVES = 2_000;
const MOST_GROUPED = 20_000;
/** Buckets of all curves of one answer. */
const MOST_BUCKETS = 1_000_000;
/** Metrics whose names are tried against patterns. */
const MOST_NAMES = 100_000;

/** What a request comes to, in numbers. */
export type CurvePlan = Readonly<{
  curves: readonly CurveState[];
  runOf: ReadonlyMap<number, string>;
  startOf: ReadonlyMap<number, number | null>;
  keyOf: ReadonlyMap<number, string>;
  missing: readonly string[];
}>;

type Names = Readonly<{
  names: CurveNames;
  matching: (names: readonly string[], patterns: readonly NamePattern[]) => Promise<Set<string>>;
}>;

const tooMany = (what: string, most: number): Fault =>
  new Fault('invalid', 'QUERY_TOO_MANY_CURVES', `${what}: ask for at most ${most} at a time`, {
    context: { details: { most } },
  });

async function keysOf(
  { names, matching }: Names,
  workspace: string,
  series: readonly number[],
  asked: CurvesBody['keys'],
): Promise<KeyNumber[]> {
  const exact = asked.filter((one): one is string => typeof one === 'string');
  const patterns = asked.filter((one): one is Exclude<typeof one, string> => typeof one !== 'string');
  const found = exact.length === 0 ? [] : await names.keyNumbersOf(workspace, exact);
  if (patterns.length === 0) return found;
  const all = await names.metricsOf(series, MOST_NAMES + 1);
  if (all.length > MOST_NAMES) throw tooMany('these runs have too many metrics to look through', MOST_NAMES);
  const matched = await matching(
    all.map(({ key }) => key),
    patterns,
  );
  const known = new Set(found.map(({ number }) => number));
  return all.filter(({ key, number }) => matched.has(key) || known.has(number));
}

/** Which curves a request asks for. @throws Fault invalid QUERY_TOO_MANY_CURVES, CLICKHOUSE_BAD_PATTERN */
export async function planCurves(from: Names, workspace: string, body: CurvesBody): Promise<CurvePlan> {
  const runs = [...new Set(body.runs)];
  const known = await from.names.knownRuns(workspace, runs);
  const withSeries = known.flatMap((one) => (one.series === null ? [] : [{ ...one, series: one.series }]));
  const series = withSeries.map((one) => one.series);
  const keys = await keysOf(from, workspace, series, body.keys);
  const most = body.groupBy === undefined ? MOST_CURVES : MOST_GROUPED;
  const [found, watermarks] = await Promise.all([
    from.names.curves(
      series,
      keys.map((one) => one.number),
      most + 1,
    ),
    from.names.watermarks(),
  ]);
  if (found.length > most) throw tooMany('the request comes to too many curves', most);
  if (body.groupBy === undefined && found.length * body.buckets > MOST_BUCKETS)
    throw tooMany('the request comes to too many buckets', MOST_BUCKETS);
  const runOf = new Map(withSeries.map((one) => [one.series, one.run]));
  const rolledTo = (of: number): number =>
    watermarks.get(partitionOfRun('metrics', workspace, runOf.get(of) ?? '')) ?? 0;
  const curves = found.map((curve) => ({ ...curve, rolledTo: rolledTo(curve.series) }));
  const runAt = new Map(series.map((number, i) => [number, i]));
  const keyAt = new Map(keys.map(({ number }, i) => [number, i]));
  const order = (pair: CurvePair): number => (runAt.get(pair.series) ?? 0) * keys.length + (keyAt.get(pair.key) ?? 0);
  const there = new Set(known.map(({ run }) => run));
  return {
    curves: curves.sort((a, b) => order(a) - order(b)),
    runOf,
    startOf: new Map(withSeries.map((one) => [one.series, one.startedAt])),
    keyOf: new Map(keys.map(({ number, key }) => [number, key])),
    missing: runs.filter((run) => !there.has(run)),
  };
}

const badRange = (message: string): Fault => new Fault('invalid', 'QUERY_BAD_RANGE', message);

function exactPlace(place: number | string): bigint {
  if (typeof place === 'number' && !Number.isSafeInteger(place))
    throw badRange('on this axis, from and to are whole numbers; beyond 2^53 they are strings');
  return BigInt(place);
}

/** The ends that were asked for. @throws Fault invalid QUERY_BAD_RANGE */
export function askedEnds({ from, to, x }: Pick<CurvesBody, 'from' | 'to' | 'x'>): Partial<AxisRange> {
  const read = typeof x === 'object' ? Number : exactPlace;
  const ends = { ...(from !== undefined && { from: read(from) }), ...(to !== undefined && { to: read(to) }) };
  if (ends.from !== undefined && ends.to !== undefined && ends.from > ends.to)
    throw badRange('from must not be greater than to');
  return ends as Partial<AxisRange>;
}

/** A range with both ends, of which those not asked for are the curves' own; null when nothing lies in it. */
export function closeRange(ends: Partial<AxisRange>, whole: AxisRange | null): AxisRange | null {
  const range = { ...whole, ...ends } as Partial<AxisRange>;
  if (range.from === undefined || range.to === undefined) return null;
  return range.from > range.to ? null : (range as AxisRange);
}
