import 'uplot/dist/uPlot.min.css';
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import type uPlot from 'uplot';
import { formatNumber } from '../elements/format';
import type { AlignedCurve, AlignedCurves } from './align-curves';
import classes from './chart.module.css';
import { colourOf, createPlot, type PlotLook, plotData } from './chart-plot';

export type ChartParts = Readonly<{
  label: string;
  curves: AlignedCurves;
  /** What each curve is called. */
  names: readonly string[];
  logY: boolean;
  axis: PlotLook['axis'];
  height: number;
  onZoom: (from: number, to: number) => void;
  onReset: () => void;
}>;

function lastOf({ line }: AlignedCurve): number | null {
  for (let at = line.length - 1; at >= 0; at--) if (typeof line[at] === 'number') return line[at] ?? null;
  return null;
}

/** A value for each curve: under the cursor, or else the last one. */
function Values({ curves, names, at }: { curves: AlignedCurves; names: readonly string[]; at: number | null }) {
  const x = at === null ? undefined : curves.x[at];
  return (
    <ul className={classes.values}>
      {curves.curves.map((curve, place) => {
        const under = at === null ? lastOf(curve) : curve.line[at];
        return (
          <li key={`${curve.run} ${curve.key}`}>
            <span
              className={classes.stroke}
              ref={(element) => element?.style.setProperty('background', colourOf(place))}
            />
            <span className={classes.name}>{names[place]}</span>
            <b>{typeof under === 'number' ? formatNumber(under) : '–'}</b>
          </li>
        );
      })}
      <li className={classes.place}>{x === undefined ? 'last' : `at ${formatNumber(x)}`}</li>
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
export function Chart({ label, curves, names, logY, axis, height, onZoom, onReset }: ChartParts) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef({ curves, onZoom });
  latest.current = { curves, onZoom };
  const [cursor, setCursor] = useState<number | null>(null);
  const scheme = useComputedColorScheme();
  const labels = useMemo(() => names.join('\n'), [names]);

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const look = { logY, axis, labels: labels.split('\n'), height };
    const made = createPlot(element, look, () => latest.current.curves, {
      onZoom: (from, to) => latest.current.onZoom(from, to),
      onCursor: setCursor,
    });
    plot.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: Math.max(120, element.clientWidth), height }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
      plot.current = null;
    };
    // Another theme has other colours, which a canvas does not take over by itself.
  }, [logY, axis, labels, height, scheme]);

  useEffect(() => plot.current?.setData(plotData(curves)), [curves]);

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
      <Values curves={curves} names={names} at={cursor} />
    </figure>
  );
}
