import type { ClickHouse } from './engine';
import { METRIC_POINT } from './metric-point';

/** Points of one run and writer, in columns of equal length; `keys` are numbers. */
export type WrittenPoints = Readonly<{
  series: number;
  writer: number;
  keys: ArrayLike<number>;
  steps: BigInt64Array;
  times: BigInt64Array;
  values: Float64Array;
}>;

type Row = { key: number; step: string; time: string; bits: string };

/** Points that are looked for by one query: their steps travel in it. */
const AT_ONCE = 10_000;

/** How many of the points are not stored. -0.0 is not 0.0 here, and NaN is itself. */
export async function countMissingPoints(clickhouse: ClickHouse, points: WrittenPoints): Promise<number> {
  const { series, writer, keys, steps, times, values } = points;
  const bits = new BigUint64Array(values.slice().buffer);
  let missing = 0;
  for (let from = 0; from < values.length; from += AT_ONCE) {
    const to = Math.min(from + AT_ONCE, values.length);
    const rows = await clickhouse.rows<Row>(
      `select key, step, time, reinterpretAsUInt64(value) as bits from ${METRIC_POINT}
       where series = {series:UInt32} and has({keys:Array(UInt32)}, key) and writer = {writer:UInt32}
         and step in (select arrayJoin(arrayMap(s -> toInt64(s), {steps:Array(String)})))`,
      {
        series,
        writer,
        keys: [...new Set(Array.from(keys).slice(from, to))],
        steps: [...new Set(steps.slice(from, to))].map(String),
      },
      { select_sequential_consistency: 1 },
    );
    const stored = new Set(rows.map((r) => `${r.key}/${r.step}/${r.time}/${r.bits}`));
    for (let i = from; i < to; i++) if (!stored.has(`${keys[i]}/${steps[i]}/${times[i]}/${bits[i]}`)) missing++;
  }
  return missing;
}
