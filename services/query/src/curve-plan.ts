import type { AxisRange, CurvePair, CurveState, NamePattern, PastSpan, WritersOfMetric } from '@runledger/clickhouse';
import { partitionOfRun, type Reach } from '@runledger/contracts';
import type { CurvesBody } from '@runledger/contracts/http';
import { Fault } from '@runledger/kernel';
import {
  type AsOf,
  type CurveNames,
  cutOfMetrics,
  type KeyNumber,
  type KnownCurve,
  type NamedSpan,
  type SeriesRun,
} from '@runledger/postgres';
import { mayHaveRestarted, type Sharing, sharingOf } from '@runledger/reads';
import { type CurveLine, composeLines, grouped } from './curve-lines';

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
  lineOf: ReadonlyMap<number, CurveLine>;
  keyOf: ReadonlyMap<number, string>;
  missing: readonly string[];
}>;

type Names = Readonly<{
  names: CurveNames;
  matching: (names: readonly string[], patterns: readonly NamePattern[]) => Promise<Set<string>>;
  sharing: (series: readonly number[], cuts?: readonly number[]) => Promise<WritersOfMetric[]>;
  spansThen: (series: readonly number[], cuts: readonly number[]) => Promise<PastSpan[]>;
}>;

/** `asOf`: what a reader would have seen then; now when absent. */
export type Asked = Readonly<{ reach: Reach; body: CurvesBody; asOf: AsOf | undefined }>;
/** A run of an answer, and how far its writers have come. */
type Standing = Readonly<{ run: SeriesRun; spans: readonly NamedSpan[] }>;

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

/** Asked only for runs of which a writer may have restarted another one. */
async function sharingOfRuns(
  { sharing }: Names,
  spans: readonly NamedSpan[],
  asOf: AsOf | undefined,
): Promise<Map<number, Sharing>> {
  const unsure = [...grouped(spans, ({ series }) => series)].flatMap(([series, own]) =>
    mayHaveRestarted(own) ? [series] : [],
  );
  const sets = grouped(await sharing(unsure, asOf?.metrics), ({ series }) => series);
  return new Map([...sets].map(([series, own]) => [series, sharingOf(own.map(({ writers }) => writers))]));
}

/** Those of the runs that are known. As of a moment, points tell how far the writers of a run had come that has moved since. */
async function standingsOf(by: Names, { reach, asOf }: Omit<Asked, 'body'>, runs: readonly string[]) {
  const { workspace } = reach;
  const known = await by.names.knownRuns(reach, runs, asOf);
  const numbered = known.flatMap(({ run, series }) => (series === null ? [] : [{ run, series }]));
  const offsets = numbered.map(({ run, series }) => ({ series, offset: cutOfMetrics(asOf, workspace, run) ?? 0 }));
  const moved = asOf === undefined ? new Set<number>() : await by.names.movedSince(offsets);
  const still = numbered.map(({ series }) => series).filter((series) => !moved.has(series));
  const [standing, then] = await Promise.all([
    by.names.writers(still),
    asOf === undefined ? [] : by.spansThen([...moved], asOf.metrics),
  ]);
  const names = await by.names.writerNames([...new Set(then.map(({ writer }) => writer))]);
  const named = then.map((span): NamedSpan => ({ ...span, name: names.get(span.writer) ?? '' }));
  const spansBy = grouped([...standing, ...named], ({ series }) => series);
  return known.flatMap(({ series, ...run }): Standing[] => {
    const spans = series === null ? [] : (spansBy.get(series) ?? []);
    // All of its points came later: there was no series.
    if (series === null || !moved.has(series) || spans.length > 0) return [{ run: { ...run, series }, spans }];
    return run.hasFacts ? [{ run: { ...run, series: null }, spans }] : [];
  });
}

/** The lines of the runs that were asked for, with all that they inherit. */
async function linesOf(by: Names, { reach, body, asOf }: Asked, own: readonly Standing[]) {
  const runs = own.map(({ run }) => run);
  const asked = runs.map(({ run }) => run);
  const isInherited = body.inherited && body.writers === 'merged';
  const ancestors = isInherited ? await by.names.ancestors(reach.workspace, asked, asOf) : [];
  const elder = await standingsOf(by, { reach, asOf }, [...new Set(ancestors.map(({ ancestor }) => ancestor))]);
  const seriesOf = new Map(elder.flatMap(({ run: { run, series } }) => (series === null ? [] : [[run, series]])));
  const bySeries = new Map([...own, ...elder].map((one) => [one.run.series, one.spans]));
  const spans = [...bySeries.values()].flat();
  const sharing = body.segments === 'all' ? new Map<number, Sharing>() : await sharingOfRuns(by, spans, asOf);
  return composeLines({ runs, spans, ancestors, seriesOf, sharing }, body);
}

/** Curves of one line: those that one of its series has. */
function curvesOf(
  line: CurveLine,
  found: ReadonlyMap<number, readonly KnownCurve[]>,
  { rolledTo, cut }: Readonly<{ rolledTo: number; cut: number | null }>,
): CurveState[] {
  const own = line.from.flatMap((series) => found.get(series) ?? []);
  if (line.parts === null)
    return own.map((curve) => ({ ...curve, rolledTo, past: cut !== null && curve.endOffset > cut }));
  // No rollup knows of writers: a line of parts is read from points.
  const composed = { series: line.series, parts: line.parts, rolledTo: 0 };
  return [...grouped(own, ({ key }) => key).values()].map((some) => ({ ...(some[0] as KnownCurve), ...composed }));
}

/** Which curves a request asks for. @throws Fault invalid QUERY_TOO_MANY_CURVES, CLICKHOUSE_BAD_PATTERN */
export async function planCurves(from: Names, asked: Asked): Promise<CurvePlan> {
  const { reach, body, asOf } = asked;
  const { workspace } = reach;
  const runs = [...new Set(body.runs)];
  const known = await standingsOf(from, asked, runs);
  const lines = await linesOf(from, asked, known);
  const series = [...new Set(lines.flatMap((line) => line.from))];
  const keys = await keysOf(from, workspace, series, body.keys);
  const isAlone = body.groupBy === undefined;
  const most = isAlone ? MOST_CURVES : MOST_GROUPED;
  const numbers = keys.map((one) => one.number);
  const [found, watermarks] = await Promise.all([
    from.names.curves(series, numbers, 2 * most + 1),
    from.names.watermarks(),
  ]);
  const bySeries = grouped(found, (curve) => curve.series);
  const standOf = ({ run }: CurveLine) => ({
    rolledTo: watermarks.get(partitionOfRun('metrics', workspace, run)) ?? 0,
    cut: cutOfMetrics(asOf, workspace, run),
  });
  const keyAt = new Map(numbers.map((number, i) => [number, i]));
  const inOrder = (a: CurvePair, b: CurvePair): number => (keyAt.get(a.key) ?? 0) - (keyAt.get(b.key) ?? 0);
  const curves = lines.flatMap((line) => curvesOf(line, bySeries, standOf(line)).sort(inOrder));
  if (curves.length > most || found.length > 2 * most) throw tooMany('the request comes to too many curves', most);
  if (isAlone && curves.length * body.buckets > MOST_BUCKETS)
    throw tooMany('the request comes to too many buckets', MOST_BUCKETS);
  const there = new Set(known.map(({ run: { run } }) => run));
  return {
    curves,
    lineOf: new Map(lines.map((line) => [line.series, line])),
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
