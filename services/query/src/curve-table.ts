import type { CurvesBody } from '@runledger/contracts/http';
import type { ChartAnswer } from './curve-charts';

/** A table of one answer: one row for each bucket or point, in the order of the answer. */
export type CurveTable = Readonly<{
  /** Names and types of the engine. */
  columns: ReadonlyArray<readonly [name: string, type: string]>;
  /** Rows as the engine reads them: tab-separated, `\N` for null. */
  lines: () => Generator<string>;
}>;

type Cell = number | bigint | string | null | undefined;
type Answer = Pick<ChartAnswer, 'curves' | 'groups'>;
type Curve = Answer['curves'][number];
type Asked = Pick<CurvesBody, 'x' | 'columns' | 'smoothing' | 'groupBy' | 'quantiles'>;

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\0': '\\0',
  '\b': '\\b',
};

function cellOf(value: Cell): string {
  if (value === null || value === undefined) return '\\N';
  if (typeof value === 'string') return value.replace(/[\\\t\n\r\0\b]/g, (found) => ESCAPES[found] ?? found);
  if (Object.is(value, -0)) return '-0';
  if (value === Infinity) return 'inf';
  if (value === -Infinity) return '-inf';
  return Number.isNaN(value) ? 'nan' : String(value);
}

const COUNTS: ReadonlySet<string> = new Set(['count', 'nans', 'positiveInfs', 'negativeInfs']);
const typeOfColumn = (name: string): string => (COUNTS.has(name) ? 'Nullable(UInt64)' : 'Nullable(Float64)');
const smoothColumns = ({ smoothing }: Asked) =>
  smoothing === undefined ? [] : [['smooth', 'Nullable(Float64)'] as const];
const axisType = ({ x }: Asked): string => (typeof x === 'object' ? 'Float64' : 'Int64');

/** What a column holds in a row of a curve. Columns of points are null in buckets, and those of buckets in points. */
function valueAt(curve: Curve, column: string, row: number): Cell {
  const held = (curve as Readonly<Record<string, unknown>>)[column];
  return Array.isArray(held) ? (held[row] as Cell) : null;
}

function tableOfCurves(curves: Answer['curves'], asked: Asked): CurveTable {
  const points = [
    ['steps', 'Nullable(Int64)'],
    ['times', 'Nullable(Int64)'],
    ['values', 'Nullable(Float64)'],
  ] as const;
  const own = [...points, ...asked.columns.map((name) => [name, typeOfColumn(name)] as const), ...smoothColumns(asked)];
  return {
    columns: [
      ['kind', 'String'],
      ['run', 'String'],
      ['writer', 'Nullable(String)'],
      ['key', 'String'],
      ['x', axisType(asked)],
      ...own,
    ],
    *lines() {
      for (const curve of curves) {
        const named = [curve.kind, curve.run, curve.writer, curve.key].map(cellOf).join('\t');
        for (let row = 0; row < curve.x.length; row++)
          yield `${named}\t${cellOf(curve.x[row])}\t${own.map(([name]) => cellOf(valueAt(curve, name, row))).join('\t')}\n`;
      }
    },
  };
}

function tableOfGroups(groups: Answer['groups'], asked: Asked): CurveTable {
  const quantiles = asked.quantiles.map((_, i) => [`quantile_${i}`, 'Float64'] as const);
  return {
    columns: [
      ['value', 'Nullable(String)'],
      ['key', 'String'],
      ['x', axisType(asked)],
      ['count', 'UInt64'],
      ...(['mean', 'min', 'max', 'std'] as const).map((name) => [name, 'Float64'] as const),
      ...quantiles,
      ...smoothColumns(asked),
    ],
    *lines() {
      for (const group of groups)
        for (let row = 0; row < group.x.length; row++) {
          const { value, key, x, count, mean, min, max, std } = group;
          const cells: Cell[] = [value, key, x[row], count[row], mean[row], min[row], max[row], std[row]];
          cells.push(...group.quantiles.map((levels) => levels[row]));
          if (asked.smoothing !== undefined) cells.push(group.smooth?.[row]);
          yield `${cells.map(cellOf).join('\t')}\n`;
        }
    },
  };
}

/** An answer about curves as one table. */
export const curveTable = ({ curves, groups }: Answer, asked: Asked): CurveTable =>
  asked.groupBy === undefined ? tableOfCurves(curves, asked) : tableOfGroups(groups, asked);
