import { parse } from 'papaparse';
import { MOST_COLUMNS, MOST_ROWS } from './row-limits';
import type { Rows } from './row-table';

type Read = Readonly<{ text: string; isWhole: boolean }>;

/** The first rows of a file of separated values, by the separator that it uses, and what of it is left out. */
export function csvRows({ text, isWhole }: Read): Rows & { leftOut: string | null } {
  const { data } = parse<string[]>(text, { preview: MOST_ROWS + 2, skipEmptyLines: true });
  // Where the file was cut, so was its last row.
  const lines = isWhole || data.length > MOST_ROWS + 1 ? data : data.slice(0, -1);
  const [head = [], ...rows] = lines.slice(0, MOST_ROWS + 1);
  const widest = lines.reduce((most, line) => Math.max(most, line.length), 0);
  const width = Math.min(MOST_COLUMNS, widest);
  const columns = Array.from({ length: width }, (_, at) => head[at] ?? '');
  const left = [
    ...(!isWhole || data.length > MOST_ROWS + 1 ? [`the first ${rows.length} rows`] : []),
    ...(widest > width ? [`${width} of ${widest} columns`] : []),
  ];
  return { columns, rows, leftOut: left.length === 0 ? null : `Shown: ${left.join(', ')}.` };
}
