import uPlot from 'uplot';
import { formatDuration, formatShort, type TimeZone } from '../elements/format';
import type { AlignedCurves } from './align-curves';
import { colourOf, shade } from './curve-colours';
import { drawBest, drawOdd, drawPlaces, type PlaceMark } from './draw-marks';

export type PlotLook = Readonly<{
  logX: boolean;
  logY: boolean;
  axis: 'step' | 'time' | 'relative-time' | 'metric';
  labels: readonly string[];
  height: number;
  /** Which values are best; null where none are. */
  goal: 'min' | 'max' | null;
  /** Of a time axis. */
  zone: TimeZone;
}>;

const SYNC = 'metrics';
/** Curves whose best values are ringed: of more, rings would hide the curves. */
const MOST_RINGED = 12;
/** Beyond these, envelopes are drawn after the lines, so that nobody waits for them. */
const MOST_AT_ONCE = 10;

const cssOf = (element: HTMLElement, name: string): string => getComputedStyle(element).getPropertyValue(name).trim();

/** Three columns for each curve: the line, and the two edges of its envelope. */
export function plotData({ x, curves }: AlignedCurves): uPlot.AlignedData {
  return [x, ...curves.flatMap(({ line, low, high }) => [line, low, high])];
}

function seriesOf(labels: readonly string[]): uPlot.Series[] {
  const show = labels.length <= MOST_AT_ONCE;
  return labels.flatMap((label, at) => {
    const colour = colourOf(at);
    const edge = { stroke: shade(colour, 0.22), width: 1, points: { show: false }, label: `${label}, edge`, show };
    return [{ label, stroke: colour, width: 1.6, points: { size: 4 } }, edge, { ...edge }];
  });
}

const shortNumbers = (_plot: uPlot, places: Array<number | null>): string[] => places.map(formatShort);
const durations = (_plot: uPlot, places: number[]): string[] => places.map(formatDuration);

function optionsOf(element: HTMLElement, look: PlotLook): uPlot.Options {
  const { logX, logY, axis: kind, labels, height, zone } = look;
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
    ...(zone === 'UTC' ? { tzDate: (ms) => uPlot.tzDate(new Date(ms), 'Etc/UTC') } : {}),
    padding: [10, 12, 0, 0],
    legend: { show: false },
    scales: { x: { time: kind === 'time', distr: logX && kind !== 'time' ? 3 : 1 }, y: { distr: logY ? 3 : 1 } },
    axes: [
      { ...axis, size: 28, values: kind === 'relative-time' ? durations : shortNumbers },
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

/** What is drawn now: it changes without a new plot. */
export type Drawn = Readonly<{ curves: AlignedCurves; marks: readonly PlaceMark[] }>;
export type PlotHooks = Readonly<{
  drawn: () => Drawn;
  onZoom: (from: number, to: number) => void;
  onCursor: (at: number | null) => void;
}>;

function drawMarks(plot: uPlot, { curves, marks }: Drawn, { goal }: PlotLook, element: HTMLElement): void {
  drawPlaces(plot, marks, cssOf(element, '--mantine-color-dimmed'));
  drawOdd(plot, curves, colourOf);
  if (goal !== null && curves.curves.length <= MOST_RINGED)
    drawBest(plot, curves, { goal, colourOf, ground: cssOf(element, '--rl-surface') });
}

/** Shows the envelopes of many curves once their lines are on the screen. */
function showEnvelopes(plot: uPlot): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const frame = requestAnimationFrame(() => {
    timer = setTimeout(() => {
      plot.batch(() => {
        for (let at = 1; at < plot.series.length; at++) if (at % 3 !== 1) plot.setSeries(at, { show: true });
      });
      performance.mark('chart-envelopes');
    });
  });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}

export type Plotted = Readonly<{ plot: uPlot; destroy: () => void }>;

/** A chart on this element. The caller destroys it. */
export function createPlot(element: HTMLElement, look: PlotLook, { drawn, onZoom, onCursor }: PlotHooks): Plotted {
  const options = optionsOf(element, look);
  // A time axis wants its own labels.
  if (look.axis === 'time' && options.axes?.[0] !== undefined) delete options.axes[0].values;
  const plot = new uPlot(
    {
      ...options,
      hooks: {
        draw: [(made) => drawMarks(made, drawn(), look, element)],
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
    plotData(drawn().curves),
    element,
  );
  performance.mark('chart-lines');
  const stop = look.labels.length > MOST_AT_ONCE ? showEnvelopes(plot) : () => undefined;
  return {
    plot,
    destroy: () => {
      stop();
      plot.destroy();
    },
  };
}
