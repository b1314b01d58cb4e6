import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import {
  type ClickHouse,
  type CurvePair,
  type CurveState,
  createCurveReads,
  createRoller,
  layGrid,
  METRIC_POINT,
  migrateClickHouse,
  openEmbeddedClickHouse,
  pointBlock,
  stepsOf,
  wholeEnds,
  wholeSeries,
} from '@runledger/clickhouse';
import { randomNumbers } from './curves';
import { measureExport } from './exports';
import { calibrate } from './search';

const PART = 500_000;
const BUCKETS = 1_000;
/** Fewer, and a 95th percentile is one collection of garbage. */
const ASKED = 60;
const LONG: CurvePair = { series: 1, key: 1 };
const SHORT: CurvePair = { series: 2, key: 1 };
const MANY = { first: 100, runs: 1_000, points: 1_000, key: 2 };

type Window = Readonly<{ from: bigint; to: bigint }>;
type Ends = 'exact' | 'whole';
/** Parts of the long series that are looked at, each time at another place. */
const SHARES: Readonly<Record<string, number>> = { whole: 1, half: 0.5, fifth: 0.2, tenth: 0.1, hundredth: 0.01 };
type Times = Readonly<{ p50Ms: number; p95Ms: number }>;

const halves = (rows: number, at: (i: number) => bigint): Int32Array =>
  new Int32Array(BigInt64Array.from({ length: rows }, (_, i) => at(i)).buffer);

/** One part of points, as the projector makes it. */
async function store(
  clickhouse: ClickHouse,
  offset: number,
  rows: number,
  pairOf: (i: number) => CurvePair & { step: number },
) {
  const random = randomNumbers(offset);
  const points = Array.from({ length: rows }, (_, i) => pairOf(i));
  const block = pointBlock({
    rows,
    series: Uint32Array.from(points, (p) => p.series),
    key: Uint32Array.from(points, (p) => p.key),
    step: halves(rows, (i) => BigInt(points[i]?.step ?? 0)),
    time: halves(rows, (i) => 1_790_000_000_000n + BigInt(points[i]?.step ?? 0) * 40n),
    value: Float64Array.from(points, (p) => Math.fround(2 * Math.exp(-p.step / 200_000) + random() * 0.01)),
    writer: new Uint32Array(rows).fill(1),
    lp: new Uint16Array(rows),
    ver: halves(rows, (i) => BigInt.asIntN(64, ~((BigInt(offset) << 20n) | BigInt(i)))),
  });
  await clickhouse.insertPart(METRIC_POINT, block, { queryId: `bench-${offset}`, unless: 'select 1 where 0' });
}

/** The series that are read. Answers the offset behind them. */
async function fill(clickhouse: ClickHouse, longPoints: number): Promise<number> {
  let offset = 1;
  for (let at = 0; at < longPoints; at += PART)
    await store(clickhouse, offset++, PART, (i) => ({ ...LONG, step: at + i }));
  await store(clickhouse, offset++, 10_000, (i) => ({ ...SHORT, step: i }));
  const { first, points, key } = MANY;
  for (let at = 0; at < MANY.runs * points; at += PART)
    await store(clickhouse, offset++, PART, (i) => ({
      series: first + Math.floor((at + i) / points),
      key,
      step: (at + i) % points,
    }));
  return offset;
}

/** Windows of one size at random places. */
function windowsOf(points: number, share: number, random: () => number): () => Window {
  const size = Math.round(points * share);
  return () => {
    const from = BigInt(Math.floor(random() * (points - size + 1)));
    return { from, to: from + BigInt(size - 1) };
  };
}

async function once(ask: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await ask();
  return Math.round((performance.now() - begun) * 10) / 10;
}

async function timed(ask: () => Promise<unknown>, times = ASKED): Promise<Times> {
  await ask();
  const found: number[] = [];
  for (let i = 0; i < times; i++) {
    const begun = performance.now();
    await ask();
    found.push(performance.now() - begun);
  }
  found.sort((a, b) => a - b);
  const at = (share: number): number => Math.round((found[Math.floor((found.length - 1) * share)] ?? 0) * 10) / 10;
  return { p50Ms: at(0.5), p95Ms: at(0.95) };
}

/** What anybody would ask an engine without rollups, in as few words: no tuples, no counts of what is not finite. */
const rawQuery = (clickhouse: ClickHouse, { from, to }: Window) =>
  clickhouse.rows(
    `select intDiv(step - ${from}, ${(to - from + BigInt(BUCKETS)) / BigInt(BUCKETS)}) as at, count(), min(value), max(value), avg(value),
       argMin(value, step), argMax(value, step)
     from ${METRIC_POINT} final where series = ${LONG.series} and key = ${LONG.key} and step between ${from} and ${to}
     group by at order by at`,
  );

/**
 * Charts against the raw GROUP BY of the same points, on the same engine, one after the other. Both without HTTP: ours with all
 * that the route asks the engine (where the curves lie, then their buckets).
 */
export async function measureReads(quick: boolean): Promise<Record<string, unknown>> {
  const longPoints = quick ? 1_000_000 : 10_000_000;
  const dataDir = mkdtempSync('/var/tmp/runledger-bench-');
  const clickhouse = await openEmbeddedClickHouse({ dataDir });
  try {
    await migrateClickHouse(clickhouse, { fsync: false });
    const end = await fill(clickhouse, longPoints);
    await createRoller(clickhouse).roll(
      [LONG, SHORT].map((pair) => ({ ...wholeSeries(pair), dense: true })),
      end,
    );
    const reads = createCurveReads(clickhouse);
    const stateOf = (pair: CurvePair, points: number): CurveState => {
      return { ...pair, from: 0n, to: BigInt(points - 1), points, endOffset: end, rolledTo: end };
    };
    const chart = (curves: readonly CurveState[], range: Window, buckets: number, ends: Ends = 'exact') => {
      const laid = layGrid('step', range, buckets);
      return reads.buckets({ axis: { kind: 'step' }, grid: ends === 'whole' ? wholeEnds(laid) : laid, curves });
    };
    const long = stateOf(LONG, longPoints);
    const random = randomNumbers(7);
    const windows: Record<string, () => Window> = Object.fromEntries(
      Object.entries(SHARES).map(([name, share]) => [name, windowsOf(longPoints, share, random)]),
    );
    const cold = await once(() => chart([long], stepsOf([long]) as Window, BUCKETS));
    const charts: Record<string, unknown> = {};
    for (const [name, next] of Object.entries(windows)) {
      const exact = await timed(() => chart([long], next(), BUCKETS));
      const whole = await timed(() => chart([long], next(), BUCKETS, 'whole'));
      const raw = await timed(() => rawQuery(clickhouse, next()));
      const timesFaster = (ours: Times): number => Math.round((raw.p95Ms / ours.p95Ms) * 10) / 10;
      charts[name] = {
        points: Math.round(longPoints * (SHARES[name] ?? 1)),
        wholeEnds: { ...whole, timesFaster: timesFaster(whole) },
        exactEnds: { ...exact, timesFaster: timesFaster(exact) },
        raw,
      };
    }
    const many = Array.from({ length: MANY.runs }, (_, i) =>
      stateOf({ series: MANY.first + i, key: MANY.key }, MANY.points),
    );
    const short = stateOf(SHORT, 10_000);
    return {
      calibration: { ...calibrate(), bareQuery: await timed(() => clickhouse.rows('select 1')) },
      firstChartMs: cold,
      charts,
      parquetExport: await measureExport(clickhouse, [long, short, ...many]),
      tenThousandPoints: await timed(() => chart([short], stepsOf([short]) as Window, BUCKETS)),
      thousandRuns: {
        points: MANY.points,
        buckets: 500,
        ours: await timed(() => chart(many, stepsOf(many) as Window, 500), 5),
      },
    };
  } finally {
    await clickhouse.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}
