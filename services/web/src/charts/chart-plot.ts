import uPlot from 'uplot';
import { formatDuration, formatShort } from '../elements/format';
import type { AlignedCurves } from './align-curves';

const CURVE_COLOURS = [
  '#4263eb',
  '#e8590c',
  '#2f9e44',
  '#c2255c',
  '#0c8599',
  '#9c36b5',
  '#b08800',
  '#5c7cfa',
  '#d6336c',
  '#087f5b',
] as const;
export const colourOf = (at: number): string => CURVE_COLOURS[at % CURVE_COLOURS.length] ?? CURVE_COLOURS[0];

export type PlotLook = Readonly<{
  logY: boolean;
  axis: 'step' | 'time' | 'relative-time';
  labels: readonly string[];
  height: number;
}>;

const shade = (colour: string, alpha: number): string =>
  colour +
  Math.round(alpha * 255)
    .toString(16)
    .padStart(2, '0');

const SYNC = 'metrics';
const MARK_PX = 5;

/** Triangles on the edge of the chart where values were not finite: up for +Inf, down for -Inf, a cross for NaN. */
function drawOdd(plot: uPlot, { curves }: AlignedCurves): void {
  const { ctx, bbox } = plot;
  const size = MARK_PX * devicePixelRatio;
  ctx.save();
  for (const [at, { odd }] of curves.entries()) {
    ctx.strokeStyle = colourOf(at);
    ctx.fillStyle = colourOf(at);
    ctx.lineWidth = 1.5 * devicePixelRatio;
    for (const { at: place, what } of odd) {
      const x = plot.valToPos(place, 'x', true);
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      const top = what === '-Inf' ? bbox.top + bbox.height - size : bbox.top;
      ctx.beginPath();
      if (what === 'NaN') {
        ctx.moveTo(x - size / 2, top);
        ctx.lineTo(x + size / 2, top + size);
        ctx.moveTo(x + size / 2, top);
        ctx.lineTo(x - size / 2, top + size);
        ctx.stroke();
      } else {
        const [tip, base] = what === '+Inf' ? [top, top + size] : [top + size, top];
        ctx.moveTo(x, tip);
        ctx.lineTo(x - size / 2, base);
        ctx.lineTo(x + size / 2, base);
        ctx.fill();
      }
    }
  }
  ctx.restore();
}

const cssOf = (element: HTMLElement, name: string): string => getComputedStyle(element).getPropertyValue(name).trim();

/** Three columns for each curve: the line, and the two edges of its envelope. */
export function plotData({ x, curves }: AlignedCurves): uPlot.AlignedData {
  return [x, ...curves.flatMap(({ line, low, high }) => [line, low, high])];
}

function seriesOf(labels: readonly string[]): uPlot.Series[] {
  return labels.flatMap((label, at) => {
    const colour = colourOf(at);
    const edge = { stroke: shade(colour, 0.22), width: 1, points: { show: false }, label: `${label}, edge` };
    return [{ label, stroke: colour, width: 1.6, points: { size: 4 } }, edge, { ...edge }];
  });
}

const shortNumbers = (_plot: uPlot, places: Array<number | null>): string[] => places.map(formatShort);
const durations = (_plot: uPlot, places: number[]): string[] => places.map(formatDuration);

function optionsOf(element: HTMLElement, look: PlotLook): uPlot.Options {
  const { logY, axis: kind, labels, height } = look;
  const ink = cssOf(element, '--mantine-color-dimmed');
  const line = cssOf(element, '--rl-line');
  const axis: uPlot.Axis = {
    stroke: ink,
    grid: { stroke: line, width: 1 },
    ticks: { show: false },
    font: '11px system-ui',
  };
  return {
    width: Math.max(120, element.clientWidth),
    height,
    ms: 1,
    padding: [10, 12, 0, 0],
    legend: { show: false },
    scales: { x: { time: kind === 'time' }, y: { distr: logY ? 3 : 1 } },
    axes: [
      { ...axis, size: 28, ...(kind === 'relative-time' ? { values: durations } : {}) },
      { ...axis, size: 56, values: shortNumbers },
    ],
    series: [{}, ...seriesOf(labels)],
    bands: labels.map((_, at) => ({ series: [3 * at + 3, 3 * at + 2], fill: shade(colourOf(at), 0.14) })),
    cursor: {
      sync: { key: SYNC, setSeries: false },
      drag: { x: true, y: false, setScale: false },
      points: { size: 6 },
    },
  };
}

export type PlotHooks = Readonly<{
  onZoom: (from: number, to: number) => void;
  onCursor: (at: number | null) => void;
}>;

/** A chart on this element. The caller destroys it. */
export function createPlot(element: HTMLElement, look: PlotLook, data: () => AlignedCurves, hooks: PlotHooks): uPlot {
  const { onZoom, onCursor } = hooks;
  const options = optionsOf(element, look);
  const now = plotData(data());
  const plot = new uPlot(
    {
      ...options,
      hooks: {
        draw: [(drawn) => drawOdd(drawn, data())],
        setCursor: [({ cursor }) => onCursor(cursor.idx ?? null)],
        setSelect: [
          (selected) => {
            const { left, width } = selected.select;
            if (width < 4) return;
            onZoom(selected.posToVal(left, 'x'), selected.posToVal(left + width, 'x'));
            selected.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          },
        ],
      },
    },
    now,
    element,
  );
  return plot;
}
