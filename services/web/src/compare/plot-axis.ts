import { type FoundRun, titleOf, valueOf } from '../runs/run-columns';

/** A column as the axis of a plot: numbers, or places of categories. A run without a value has null. */
export type PlotAxis = Readonly<{
  id: string;
  title: string;
  /** By place; null for an axis of numbers. */
  categories: readonly string[] | null;
  values: ReadonlyArray<number | null>;
  /** Positive numbers that span two orders of magnitude or more. */
  isLog: boolean;
}>;

const LOG_SPAN = 100;
const numberOf = (value: unknown): number | null => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
};

function categoryAxis(id: string, texts: ReadonlyArray<string | null>): PlotAxis {
  const categories = [...new Set(texts.filter((text) => text !== null))].sort();
  const places = new Map(categories.map((text, at) => [text, at]));
  const values = texts.map((text) => (text === null ? null : (places.get(text) ?? null)));
  return { id, title: titleOf(id), categories, values, isLog: false };
}

/** A column of runs is numbers where each value is one; what is not finite counts as absent in a metric. */
export function axisOf(runs: readonly FoundRun[], id: string): PlotAxis {
  const found = runs.map((run) => valueOf(run, id));
  const values = found.map(numberOf);
  const isMetric = id.startsWith('metrics');
  if (!isMetric && found.some((value, at) => value !== null && values[at] === null))
    return categoryAxis(
      id,
      found.map((value) => (value === null ? null : String(value))),
    );
  const numbers = values.filter((value) => value !== null);
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  return {
    id,
    title: titleOf(id),
    categories: null,
    values,
    isLog: numbers.length > 1 && least > 0 && most / least >= LOG_SPAN,
  };
}

/** A value of an axis in words. */
export const wordOf = ({ categories }: PlotAxis, value: number | null, format: (value: number) => string): string => {
  if (value === null) return 'none';
  return categories === null ? format(value) : (categories[value] ?? '');
};

/** Places of the runs that have a value on all of these axes. */
export function placesWith(axes: readonly PlotAxis[]): number[] {
  const [first] = axes;
  if (first === undefined) return [];
  return first.values.flatMap((_, at) => (axes.every(({ values }) => (values[at] ?? null) !== null) ? [at] : []));
}

/** Places of the runs whose value lies between the two, both inclusive; an end that is null is open. */
export const placesWithin = ({ values }: PlotAxis, from: number | null, to: number | null): number[] =>
  values.flatMap((value, at) =>
    value !== null && (from === null || value >= from) && (to === null || value <= to) ? [at] : [],
  );
