import type { Bindings } from './bindings';
import { METRIC_POINT } from './metric-point';

/** Steps of one series that belong to a curve; those of some writers only, or of all. */
export type CurvePart = Readonly<{ series: number; low: bigint; high: bigint; writers: readonly number[] | null }>;

/**
 * One metric of one run, by their numbers. A curve that is put together from parts (of a run before it was forked, of the segments of a run that
 * was restarted) has a number of its own, from `COMPOSED` on, under which all of them are read.
 */
export type CurvePair = Readonly<{ series: number; key: number; parts?: readonly CurvePart[] }>;

/** Numbers of series are allotted from 1 on. */
export const COMPOSED = 2 ** 31;

export const POINT_COLUMNS = 'series, key, step, time, value, writer, ver';
const ALL_WRITERS = -1;

/** The pairs as a condition that the primary key answers. */
export function inPairs(to: Bindings, pairs: readonly CurvePair[], table = ''): string {
  const [only, more] = pairs;
  const [series, key] = [`${table}series`, `${table}key`];
  // A set for one pair costs more than reading the pair.
  if (only !== undefined && more === undefined)
    return `(${series} = ${to.bind(only.series, 'UInt32')} and ${key} = ${to.bind(only.key, 'UInt32')})`;
  const all = [pairs.map((p) => p.series), pairs.map((p) => p.key)].map((numbers) => to.bind(numbers, 'Array(UInt32)'));
  return `(${series}, ${key}) in (select pair.1, pair.2 from (select arrayJoin(arrayZip(${all.join(', ')})) as pair))`;
}

type PartRow = CurvePart & Readonly<{ curve: number; key: number; writer: number }>;

const partRows = (pairs: readonly CurvePair[]): PartRow[] =>
  pairs.flatMap(({ series: curve, key, parts = [] }) =>
    parts.flatMap((part) => (part.writers ?? [ALL_WRITERS]).map((writer) => ({ ...part, curve, key, writer }))),
  );

function fromParts(to: Bindings, pairs: readonly CurvePair[], condition: string): string {
  const rows = partRows(pairs);
  const numbers = (of: (row: PartRow) => number): string => to.bind(rows.map(of), 'Array(UInt32)');
  // Clients quote 64-bit integers in arrays, and an Array(Int64) takes no quotes.
  const integers = (of: (row: PartRow) => bigint | number): string =>
    `arrayMap(i -> toInt64(i), ${to.bind(
      rows.map((row) => String(of(row))),
      'Array(String)',
    )})`;
  const columns = [
    numbers((r) => r.curve),
    numbers((r) => r.series),
    numbers((r) => r.key),
    integers((r) => r.low),
    integers((r) => r.high),
    integers((r) => r.writer),
  ];
  const least = rows.reduce((low, r) => (r.low < low ? r.low : low), rows[0]?.low ?? 0n);
  const greatest = rows.reduce((high, r) => (r.high > high ? r.high : high), rows[0]?.high ?? 0n);
  return `select part.1 as series, key, step, time, value, writer, ver from (
      select series as of_series, key, step, time, value, writer, ver from ${METRIC_POINT} final
      where ${inPairs(to, rows)} and step between ${to.bind(least, 'Int64')} and ${to.bind(greatest, 'Int64')} ${condition}
    ) p inner join (
      select part, part.2 as part_series, part.3 as part_key from (select arrayJoin(arrayZip(${columns.join(', ')})) as part)
    ) m on p.of_series = m.part_series and p.key = m.part_key
    where p.step between part.4 and part.5 and (part.6 = ${ALL_WRITERS} or part.6 = p.writer)`;
}

/** Points of the curves, each once, also with merges stopped. `condition` is of step and time. */
export function pointsOf(to: Bindings, pairs: readonly CurvePair[], condition = ''): string {
  const plain = pairs.filter(({ parts }) => parts === undefined);
  const composed = pairs.filter(({ parts }) => parts !== undefined);
  const selects: string[] = [];
  if (plain.length > 0 || composed.length === 0)
    selects.push(`select ${POINT_COLUMNS} from ${METRIC_POINT} final where ${inPairs(to, plain)} ${condition}`);
  if (composed.length > 0) selects.push(fromParts(to, composed, condition));
  return selects.length === 1
    ? (selects[0] as string)
    : selects.map((sql) => `select ${POINT_COLUMNS} from (${sql})`).join(' union all ');
}
