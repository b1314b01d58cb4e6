import type { EChartsCoreOption } from 'echarts/core';
import { formatNumber, formatShort } from '../elements/format';
import { interpolate } from './interpolate';
import { type PlotAxis, placesWith } from './plot-axis';

/** Colours of text, lines and surface, as the theme has them. */
export type PlotInk = Readonly<{
  text: string;
  line: string;
  surface: string;
  accent: string;
  /** Behind the marks it is dark. */
  isDark: boolean;
}>;

/** Viridis, from low to high, without its end that is lost on the ground: told apart by people who see no red or green, and in grey. */
const scaleFor = ({ isDark }: PlotInk): string[] =>
  isDark
    ? ['#7552b8', '#5f7fd6', '#35a0b5', '#35c48d', '#a0da5c', '#fde725']
    : ['#440154', '#414487', '#2a788e', '#1f9e80', '#6bb12f', '#c9a400'];
const GRID = { left: 44, right: 24, top: 24, bottom: 40, containLabel: true };
const SIZE = 9;

function axisOption({ title, categories, isLog }: PlotAxis, ink: PlotInk, more: object = {}): object {
  const kind =
    categories === null
      ? {
          type: isLog ? 'log' : 'value',
          scale: true,
          axisLabel: { color: ink.text, formatter: formatShort, hideOverlap: true },
        }
      : { type: 'category', data: categories, axisLabel: { color: ink.text, width: 120, overflow: 'truncate' } };
  return {
    name: title,
    nameLocation: 'middle',
    nameGap: 28,
    nameTextStyle: { color: ink.text, width: 300, overflow: 'truncate' },
    axisLine: { lineStyle: { color: ink.line } },
    splitLine: { lineStyle: { color: ink.line } },
    ...kind,
    ...more,
  };
}

function scaleOf(colour: PlotAxis, ink: PlotInk, dimension: number): object {
  const values = colour.values.filter((value) => value !== null);
  return {
    type: 'continuous',
    min: Math.min(...values),
    max: Math.max(...values),
    dimension,
    calculable: false,
    orient: 'horizontal',
    top: 0,
    right: 16,
    itemHeight: 120,
    itemWidth: 10,
    inRange: { color: scaleFor(ink) },
    text: [formatNumber(Math.max(...values)), `${colour.title}  ${formatNumber(Math.min(...values))}`],
    textStyle: { color: ink.text },
    show: values.length > 0,
  };
}

/** A point for each run that has both values. The last member of a point is the run's place. */
export function scatterOption(x: PlotAxis, y: PlotAxis, colour: PlotAxis | null, ink: PlotInk): EChartsCoreOption {
  const places = placesWith(colour === null ? [x, y] : [x, y, colour]);
  return {
    animation: false,
    grid: { ...GRID, top: 48 },
    xAxis: axisOption(x, ink),
    yAxis: axisOption(y, ink, { nameGap: 56 }),
    ...(colour === null ? {} : { visualMap: scaleOf(colour, ink, 2) }),
    series: {
      type: 'scatter',
      symbolSize: SIZE,
      itemStyle: { color: ink.accent, opacity: 0.8, borderColor: ink.surface },
      data: places.map((at) => [x.values[at], y.values[at], colour?.values[at] ?? 0, at]),
    },
  };
}

/** A line for each run through its value on every axis. */
export function parallelOption(axes: readonly PlotAxis[], colour: PlotAxis, ink: PlotInk): EChartsCoreOption {
  const places = placesWith([colour]);
  return {
    animation: false,
    parallelAxis: axes.map((axis, dim) => ({
      dim,
      ...axisOption(axis, ink, { nameLocation: 'end', nameGap: 14, splitLine: { show: false } }),
      areaSelectStyle: { width: 18, borderColor: ink.accent, color: ink.accent, opacity: 0.25 },
    })),
    parallel: { left: 48, right: 72, top: 72, bottom: 24, axisExpandable: false },
    visualMap: scaleOf(colour, ink, axes.length),
    series: {
      type: 'parallel',
      lineStyle: { width: 1.6, opacity: 0.75 },
      inactiveOpacity: 0.04,
      data: places.map((at) => [...axes.map(({ values }) => values[at] ?? '-'), colour.values[at], at]),
    },
  };
}

const CELLS = 96;
/** Labels on an axis of cells. */
const LABELS = 7;
const BANDS = 10;

const nearestTo = (value: number, numbers: readonly number[]): number =>
  numbers.reduce(
    (best, number, at) => (Math.abs(number - value) < Math.abs((numbers[best] ?? 0) - value) ? at : best),
    0,
  );

/** What the runs came to between their values: bands of equal height, and the runs over them. */
export function contourOption(x: PlotAxis, y: PlotAxis, z: PlotAxis, ink: PlotInk): EChartsCoreOption {
  const places = placesWith([x, y, z]);
  const field = interpolate(
    places.map((at) => ({ x: x.values[at] ?? 0, y: y.values[at] ?? 0, z: z.values[at] ?? 0 })),
    { cells: CELLS, logX: x.isLog, logY: y.isLog },
  );
  const zs = places.map((at) => z.values[at] ?? 0);
  const everySome = { color: ink.text, interval: Math.ceil(CELLS / LABELS) };
  /** Categories are named where they lie; between them is nothing to name. */
  const namesOn = ({ categories }: PlotAxis, middles: readonly number[]): object => {
    if (categories === null) return everySome;
    const names = new Map(categories.map((name, at) => [nearestTo(at, middles), name]));
    const isNamed = (cell: number): boolean => names.has(cell);
    return { color: ink.text, interval: isNamed, formatter: (_: string, cell: number) => names.get(cell) ?? '' };
  };
  const cellAxis = (axis: PlotAxis, middles: readonly number[], more: object) =>
    axisOption({ ...axis, categories: middles.map((value) => formatShort(Number(value.toPrecision(3)))) }, ink, {
      splitLine: { show: false },
      axisTick: { show: false },
      axisLabel: namesOn(axis, middles),
      ...more,
    });
  return {
    animation: false,
    grid: { ...GRID, top: 48 },
    xAxis: cellAxis(x, field.xs, {}),
    yAxis: cellAxis(y, field.ys, { nameGap: 48 }),
    visualMap: {
      ...scaleOf(z, ink, 2),
      type: 'piecewise',
      splitNumber: BANDS,
      min: Math.min(...zs),
      max: Math.max(...zs),
      seriesIndex: 0,
      itemWidth: 14,
      itemHeight: 10,
      itemGap: 2,
      showLabel: false,
      precision: 6,
    },
    series: [
      // All at once: piece by piece, half of it is missing at first.
      { type: 'heatmap', data: field.cells, silent: true, progressive: 0 },
      {
        type: 'scatter',
        symbolSize: SIZE,
        itemStyle: { color: ink.surface, borderColor: ink.text, borderWidth: 1.5 },
        data: places.map((at, i) => [...(field.places[i] ?? [0, 0]), z.values[at], at]),
      },
    ],
  };
}

/** Quartiles, with whiskers at the last values within 1.5 times their distance (Tukey), and what lies beyond as points. */
export function boxOption(group: PlotAxis, y: PlotAxis, ink: PlotInk): EChartsCoreOption {
  const names =
    group.categories ?? [...new Set(group.values.filter((value) => value !== null))].sort((a, b) => a - b).map(String);
  const nameOf = (at: number): string =>
    group.categories === null ? String(group.values[at]) : (names[group.values[at] ?? 0] ?? '');
  const places = placesWith([group, y]);
  const boxes = names.map((name) => boxOf(places.filter((at) => nameOf(at) === name).map((at) => y.values[at] ?? 0)));
  return {
    animation: false,
    grid: GRID,
    xAxis: axisOption({ ...group, categories: names }, ink),
    yAxis: axisOption(y, ink, { nameGap: 48 }),
    series: [
      {
        type: 'boxplot',
        data: boxes,
        silent: true,
        itemStyle: { color: 'transparent', borderColor: ink.accent, borderWidth: 1.6 },
      },
      {
        type: 'scatter',
        symbolSize: SIZE - 2,
        itemStyle: { color: ink.accent, opacity: 0.6 },
        data: places.map((at) => [names.indexOf(nameOf(at)), y.values[at], 0, at]),
      },
    ],
  };
}

/** Lower whisker, quartiles, upper whisker. */
export function boxOf(values: readonly number[]): number[] {
  if (values.length === 0) return [];
  const sorted = [...values].sort((a, b) => a - b);
  const quantile = (q: number): number => {
    const at = q * (sorted.length - 1);
    const [low, high] = [sorted[Math.floor(at)] ?? 0, sorted[Math.ceil(at)] ?? 0];
    return low + (high - low) * (at - Math.floor(at));
  };
  const [q1, median, q3] = [quantile(0.25), quantile(0.5), quantile(0.75)];
  const reach = 1.5 * (q3 - q1);
  // Quartiles lie between values, and a whisker does not end within the box.
  const least = Math.min(q1, sorted.find((value) => value >= q1 - reach) ?? q1);
  const most = Math.max(q3, sorted.findLast((value) => value <= q3 + reach) ?? q3);
  return [least, q1, median, q3, most];
}
