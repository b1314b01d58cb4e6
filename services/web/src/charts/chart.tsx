import 'uplot/dist/uPlot.min.css';
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import type uPlot from 'uplot';
import { formatDuration, formatNumber, formatTime, type TimeZone } from '../elements/format';
import { useTimeZone } from '../elements/time-zone';
import type { AlignedCurve, AlignedCurves } from './align-curves';
import classes from './chart.module.css';
import { createPlot, type PlotLook, plotData } from './chart-plot';
import { colourOf } from './curve-colours';
import { bestOf, type PlaceMark } from './draw-marks';

export type ChartParts = Readonly<{
  label: string;
  curves: AlignedCurves;
  /** What each curve is called. */
  names: readonly string[];
  logX: boolean;
  logY: boolean;
  axis: PlotLook['axis'];
  /** Which values are best. */
  goal: PlotLook['goal'];
  /** Where runs were taken up again, or forked. */
  marks: readonly PlaceMark[];
  height: number;
  onZoom: (from: number, to: number) => void;
  onReset: () => void;
}>;

function lastOf({ line }: AlignedCurve): number | null {
  for (let at = line.length - 1; at >= 0; at--) if (typeof line[at] === 'number') return line[at] ?? null;
  return null;
}

/** Curves whose values have room below any chart. */
const FEW = 3;
/** Curves whose best value is told beside the last one. */
const MOST_WITH_BEST = 12;

function placeText(axis: PlotLook['axis'], x: number, zone: TimeZone): string {
  if (axis === 'time') return formatTime(x, zone);
  return axis === 'relative-time' ? formatDuration(x) : `${axis === 'step' ? 'step ' : ''}${formatNumber(x)}`;
}

type ValuesParts = Pick<ChartParts, 'curves' | 'names' | 'axis' | 'goal'> & Readonly<{ at: number | null }>;

/** A value for each curve: under the cursor, or else the last one and the best. */
function Values({ curves, names, axis, goal, at }: ValuesParts) {
  const zone = useTimeZone();
  const x = at === null ? undefined : curves.x[at];
  const isBestTold = at === null && goal !== null && curves.curves.length <= MOST_WITH_BEST;
  return (
    // Where the list is longer than its place, it is scrolled by keyboard too.
    <ul className={classes.values} tabIndex={curves.curves.length > FEW ? 0 : undefined}>
      {curves.curves.map((curve, place) => {
        const under = at === null ? lastOf(curve) : curve.line[at];
        const best = isBestTold ? bestOf(curve, goal) : null;
        return (
          <li key={`${curve.run} ${curve.writer ?? ''} ${curve.key}`}>
            <span
              className={classes.stroke}
              ref={(element) => element?.style.setProperty('background', colourOf(place))}
            />
            <span className={classes.name} title={names[place]}>
              {names[place]}
            </span>
            <b>{typeof under === 'number' ? formatNumber(under) : '–'}</b>
            {best !== null && (
              <span
                className={classes.best}
                title={`${goal === 'min' ? 'least' : 'greatest'}, ${placeText(axis, curves.x[best] ?? 0, zone)}`}
              >
                best {formatNumber(curve.line[best] ?? 0)}
              </span>
            )}
          </li>
        );
      })}
      <li className={classes.place}>{x === undefined ? 'last' : placeText(axis, x, zone)}</li>
    </ul>
  );
}

const summaryOf = (curves: AlignedCurves, names: readonly string[]): string =>
  curves.curves
    .map((curve, at) => {
      const last = lastOf(curve);
      const odd = curve.odd.length === 0 ? '' : `, ${curve.odd.length} places with NaN or infinities`;
      return `${names[at]}: ${last === null ? 'no finite value' : `last ${formatNumber(last)}`}${odd}`;
    })
    .join('; ');

/** Curves of one metric. Drag to look closer, double-click to see all again. */
export function Chart({ label, curves, names, logX, logY, axis, goal, marks, height, onZoom, onReset }: ChartParts) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef({ curves, marks, onZoom });
  latest.current = { curves, marks, onZoom };
  const [cursor, setCursor] = useState<number | null>(null);
  const scheme = useComputedColorScheme();
  const zone = useTimeZone();
  const labels = useMemo(() => names.join('\n'), [names]);

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const look = { logX, logY, axis, goal, zone, labels: labels.split('\n'), height };
    const made = createPlot(element, look, {
      drawn: () => latest.current,
      onZoom: (from, to) => latest.current.onZoom(from, to),
      onCursor: setCursor,
    });
    plot.current = made.plot;
    const resized = new ResizeObserver(() => made.plot.setSize({ width: Math.max(120, element.clientWidth), height }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
      plot.current = null;
    };
    // Another theme has other colours, which a canvas does not take over by itself.
  }, [logX, logY, axis, goal, zone, labels, height, scheme]);

  const isFirst = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: marks are drawn with the curves
  useEffect(() => {
    // A new plot has its data from the beginning.
    if (!isFirst.current) plot.current?.setData(plotData(curves));
    isFirst.current = false;
  }, [curves, marks]);

  return (
    <figure className={classes.figure}>
      <div
        ref={place}
        role="img"
        aria-label={`${label}. ${summaryOf(curves, names)}`}
        className={classes.plot}
        onDoubleClick={onReset}
        style={{ height }}
      />
      <Values {...{ curves, names, axis, goal }} at={cursor} />
    </figure>
  );
}
