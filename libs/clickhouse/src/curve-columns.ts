import type { CurvePair } from './curve-lines';
import { type BucketRow, type CurveBuckets, emptyCurve } from './curve-rows';
import { type AnswerBlock, type AnswerColumn, readNative } from './native-answer';

/** Columns of `bucketRows` for these reads. */
export const BUCKET_COLUMNS = `series, key, at, toFloat64(all_points) as points, toFloat64(all_nans) as nans,
  toFloat64(all_positive) as positive, toFloat64(all_negative) as negative, head_step, tail_step,
  lowest as low, highest as high, sum_of_finite as total, head as first, tail as last`;

type Numbers = Float64Array | Uint32Array;
const NUMBERS = ['series', 'key', 'at', 'points', 'nans', 'positive', 'negative', 'low', 'high', 'total'] as const;
type NumberName = (typeof NUMBERS)[number] | 'first' | 'last';
type Table = Readonly<Record<NumberName, Numbers> & Record<'headStep' | 'tailStep', BigInt64Array>>;

function tableOf({ columns }: AnswerBlock): Table {
  const column = (name: string): AnswerColumn => columns.get(name) as AnswerColumn;
  const numbers = [...NUMBERS, 'first', 'last'].map((name) => [name, column(name)]);
  return { ...Object.fromEntries(numbers), headStep: column('head_step'), tailStep: column('tail_step') } as Table;
}

/** Rows of one curve in one block: `at * ROWS + row`, so that numbers sort by their buckets. */
type Places = CurvePair & { places: number[] };
const ROWS = 2 ** 32;

function placesOf({ rows }: AnswerBlock, { series, key, at }: Table): Places[] {
  const curves = new Map<number, Map<number, Places>>();
  for (let row = 0; row < rows; row++) {
    const [s, k] = [series[row] as number, key[row] as number];
    let ofSeries = curves.get(s);
    if (ofSeries === undefined) curves.set(s, (ofSeries = new Map<number, Places>()));
    let curve = ofSeries.get(k);
    if (curve === undefined) ofSeries.set(k, (curve = { series: s, key: k, places: [] }));
    curve.places.push((at[row] as number) * ROWS + row);
  }
  return [...curves.values()].flatMap((ofSeries) => [...ofSeries.values()]);
}

function fill(curve: CurveBuckets, table: Table, places: Float64Array): void {
  const { points, nans, positive, negative, low, high, total, first, last } = table;
  for (const place of places) {
    const at = Math.floor(place / ROWS);
    const row = place - at * ROWS;
    const [all, nan] = [points[row] as number, nans[row] as number];
    const [plus, minus] = [positive[row] as number, negative[row] as number];
    const finite = all - nan - plus - minus;
    curve.at.push(at);
    curve.count.push(all);
    curve.nans.push(nan);
    curve.positiveInfs.push(plus);
    curve.negativeInfs.push(minus);
    curve.min.push(finite === 0 ? null : (low[row] as number));
    curve.max.push(finite === 0 ? null : (high[row] as number));
    curve.avg.push(finite === 0 ? null : (total[row] as number) / finite);
    curve.first.push(finite === 0 ? null : (first[row] as number));
    curve.last.push(finite === 0 ? null : (last[row] as number));
  }
}

/** One block out of all: rows of one curve may lie in several. */
function joined(blocks: readonly AnswerBlock[]): AnswerBlock | undefined {
  const [only, more] = blocks;
  if (only === undefined || more === undefined) return only;
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
  const columns = [...only.columns].map(([name, column]): [string, AnswerColumn] => {
    const whole = new (column.constructor as new (length: number) => AnswerColumn)(rows);
    let at = 0;
    for (const block of blocks) {
      whole.set(block.columns.get(name) as never, at);
      at += block.rows;
    }
    return [name, whole];
  });
  return { rows, columns: new Map(columns) };
}

/** Curves whose buckets come once each, in any order, from the engine's Native format. */
export function readCurves(bytes: Uint8Array): CurveBuckets[] {
  const block = joined([...readNative(bytes)]);
  if (block === undefined) return [];
  const table = tableOf(block);
  return placesOf(block, table).map(({ places, ...pair }) => {
    const curve = emptyCurve(pair);
    fill(curve, table, Float64Array.from(places).sort());
    return curve;
  });
}

/** The same, a row each, for few of them. */
export function readRows(bytes: Uint8Array): Array<CurvePair & BucketRow> {
  return [...readNative(bytes)].flatMap((block) => {
    const table = tableOf(block);
    const at = (name: NumberName, row: number): number => table[name][row] as number;
    return Array.from({ length: block.rows }, (_, row) => ({
      series: at('series', row),
      key: at('key', row),
      at: at('at', row),
      points: at('points', row),
      nans: at('nans', row),
      positiveInfs: at('positive', row),
      negativeInfs: at('negative', row),
      firstStep: table.headStep[row] as bigint,
      lastStep: table.tailStep[row] as bigint,
      low: at('low', row),
      high: at('high', row),
      total: at('total', row),
      first: at('first', row),
      last: at('last', row),
    }));
  });
}
