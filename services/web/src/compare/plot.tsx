import { Button, useComputedColorScheme } from '@mantine/core';
import type { EChartsCoreOption, EChartsType } from 'echarts/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import { saveCanvas } from '../charts/save-file';
import { init } from './echarts';
import classes from './plot.module.css';
import type { PlotInk } from './plot-options';

export type PlotParts = Readonly<{
  /** What is shown, in words: a canvas says nothing by itself. */
  label: string;
  optionOf: (ink: PlotInk) => EChartsCoreOption;
  /** What the run at this place is, in words. */
  wordsOf: (place: number) => string;
  onOpen: (place: number) => void;
  /** Places of the runs within all brushes; null where nothing is brushed. */
  onBrush?: (places: readonly number[] | null) => void;
  height?: number;
}>;

const cssOf = (element: HTMLElement, name: string): string => getComputedStyle(element).getPropertyValue(name).trim();
const inkOf = (element: HTMLElement, isDark: boolean): PlotInk => ({
  isDark,
  text: cssOf(element, '--mantine-color-dimmed'),
  line: cssOf(element, '--rl-line'),
  surface: cssOf(element, '--rl-surface'),
  accent: cssOf(element, '--mantine-primary-color-filled'),
});

/** A mark of a series ends with the place of its run. */
function placeOf(event: unknown): number | null {
  const { data } = event as { data?: unknown };
  const last: unknown = Array.isArray(data) ? data.at(-1) : null;
  return typeof last === 'number' ? last : null;
}

type Brushed = { getModel(): { getSeriesByIndex(at: number): unknown } };
function brushedOf(chart: EChartsType): number[] {
  const series = (chart as unknown as Brushed).getModel().getSeriesByIndex(0) as {
    getRawIndicesByActiveState(state: 'active' | 'normal'): number[];
  };
  return series.getRawIndicesByActiveState('active');
}

/** A plot of runs. What a mark stands for is told below it; a click opens the run. */
export function Plot({ label, optionOf, wordsOf, onOpen, onBrush, height = 460 }: PlotParts) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const latest = useRef({ onOpen, onBrush });
  latest.current = { onOpen, onBrush };
  const [under, setUnder] = useState<number | null>(null);
  const scheme = useComputedColorScheme();
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const made = init(element, null, { renderer: 'canvas' });
    chart.current = made;
    made.on('mouseover', (event) => setUnder(placeOf(event)));
    made.on('mouseout', () => setUnder(null));
    made.on('click', (event) => {
      const at = placeOf(event);
      if (at !== null) latest.current.onOpen(at);
    });
    made.on('axisareaselected', () => {
      const active = brushedOf(made);
      latest.current.onBrush?.(active.length === 0 ? null : active);
    });
    const resized = new ResizeObserver(() => made.resize());
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.dispose();
    };
  }, []);
  const option = useMemo(() => optionOf, [optionOf]);
  useEffect(() => {
    if (place.current !== null)
      chart.current?.setOption(option(inkOf(place.current, scheme === 'dark')), { notMerge: true });
  }, [option, scheme]);
  const save = (): void => {
    if (place.current !== null) {
      const canvas = chart.current?.renderToCanvas({
        backgroundColor: inkOf(place.current, false).surface,
        pixelRatio: 2,
      });
      if (canvas !== undefined) saveCanvas(canvas, label);
    }
  };
  return (
    <figure className={classes.figure}>
      <div ref={place} role="img" aria-label={label} style={{ height }} />
      <figcaption className={classes.caption}>
        <span>{under === null ? 'Point at a run to see which it is, click to open it.' : wordsOf(under)}</span>
        <Button size="compact-xs" variant="subtle" onClick={save}>
          Download PNG
        </Button>
      </figcaption>
    </figure>
  );
}
