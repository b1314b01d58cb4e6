import { formatNumber } from '../elements/format';
import type { AlignedCurves } from './align-curves';
import { colourOf } from './curve-colours';

const quoted = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Curves as a table: a line for each place, and for each curve its value with the least and greatest that it stands for. */
export function csvOf({ x, curves }: AlignedCurves, names: readonly string[], axis: string): string {
  const head = [axis, ...names.flatMap((name) => [name, `${name} (low)`, `${name} (high)`])];
  const rows = x.map((place, at) => [
    place,
    ...curves.flatMap(({ line, low, high, odd }) => {
      const what = odd.find((one) => one.at === place)?.what;
      return [line[at] ?? what ?? '', low[at] ?? '', high[at] ?? ''];
    }),
  ]);
  return `${[head.map(quoted), ...rows].map((row) => row.join(',')).join('\n')}\n`;
}

const SIZE = { width: 960, height: 480, left: 72, right: 16, top: 36, bottom: 36 } as const;
const TICKS = 5;
const LEGEND = 18;
const MOST_NAMED = 20;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** The span of some numbers as places from 0 to 1. */
function scaleOf(numbers: readonly number[], isLog: boolean) {
  const used = isLog ? numbers.filter((value) => value > 0) : numbers;
  const map = (value: number): number => (isLog ? Math.log(value) : value);
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of used) {
    least = Math.min(least, map(value));
    most = Math.max(most, map(value));
  }
  if (least > most) [least, most] = [0, 1];
  const span = most - least || 1;
  const ticks = Array.from({ length: TICKS }, (_, at) => least + (span * at) / (TICKS - 1));
  return {
    placeOf: (value: number): number | null => (isLog && value <= 0 ? null : (map(value) - least) / span),
    ticks: ticks.map((at) => ({ place: (at - least) / span, value: isLog ? Math.exp(at) : at })),
  };
}

type Picture = Readonly<{ title: string; names: readonly string[]; logY: boolean; axis: string }>;

/** Curves as a picture that stays sharp at any size. */
export function svgOf({ x, curves }: AlignedCurves, { title, names, logY, axis }: Picture): string {
  const across = scaleOf(x, false);
  const up = scaleOf(
    curves.flatMap(({ line, low, high }) => [...line, ...low, ...high].filter((value) => typeof value === 'number')),
    logY,
  );
  const [width, height] = [SIZE.width - SIZE.left - SIZE.right, SIZE.height - SIZE.top - SIZE.bottom];
  const px = (place: number): string => (SIZE.left + place * width).toFixed(1);
  const py = (place: number): string => (SIZE.top + (1 - place) * height).toFixed(1);
  /** A part of the path for each stretch without a gap. A place that the curve does not have is none. */
  const pathOf = (column: ReadonlyArray<number | null | undefined>): string => {
    let path = '';
    let isNew = true;
    for (const [at, value] of column.entries()) {
      if (value === undefined) continue;
      const place = value === null ? null : up.placeOf(value);
      if (place !== null) path += `${isNew ? 'M' : 'L'}${px(across.placeOf(x[at] ?? 0) ?? 0)} ${py(place)}`;
      isNew = place === null;
    }
    return path;
  };
  const stroke = (column: ReadonlyArray<number | null | undefined>, at: number, more: string): string =>
    `<path d="${pathOf(column)}" fill="none" stroke="${colourOf(at)}" ${more}/>`;
  const lines = curves.map(
    ({ line, low, high }, at) =>
      `${stroke(low, at, 'opacity=".3"')}${stroke(high, at, 'opacity=".3"')}${stroke(line, at, 'stroke-width="1.6"')}`,
  );
  const grid = [
    ...across.ticks.map(
      ({ place, value }) =>
        `<text x="${px(place)}" y="${SIZE.height - 12}" text-anchor="middle">${escaped(formatNumber(value))}</text>`,
    ),
    ...up.ticks.map(
      ({ place, value }) =>
        `<path d="M${SIZE.left} ${py(place)}H${SIZE.width - SIZE.right}" stroke="#ddd"/><text x="${SIZE.left - 8}" y="${py(place)}" text-anchor="end" dominant-baseline="middle">${escaped(formatNumber(Number(value.toPrecision(4))))}</text>`,
    ),
  ];
  const legend = names
    .slice(0, MOST_NAMED)
    .map(
      (name, at) =>
        `<text x="${SIZE.left}" y="${SIZE.height + LEGEND * (at + 1)}" fill="${colourOf(at)}">${escaped(name)}</text>`,
    );
  const full = SIZE.height + LEGEND * (Math.min(names.length, MOST_NAMED) + 1);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${full}" font-family="sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="#fff"/><text x="${SIZE.left}" y="20" font-weight="600">${escaped(title)} by ${escaped(axis)}</text>`,
    ...grid,
    ...lines,
    ...legend,
    '</svg>',
  ].join('\n');
}
