import { ActionIcon, Button, Paper, Popover, Skeleton, Text, Tooltip } from '@mantine/core';
import { useFullscreenElement, useIntersection, useMergedRef } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import { curvesRead } from '../api/reads';
import { DownloadIcon, ExpandIcon, FullScreenIcon } from '../elements/icons';
import { Failure } from '../elements/notice';
import { judgedBy } from '../runs/best-run';
import { type AlignedCurves, abovePlaceZero, alignCurves, alignGroups } from './align-curves';
import { Chart } from './chart';
import { type ChartedRun, type ChartLook, chartedRuns, curvesQuestion, namesOf, type Range } from './curves-question';
import type { PlaceMark } from './draw-marks';
import classes from './metric-chart.module.css';
import { outlierRanks } from './rank-outliers';
import { saveFile } from './save-file';

export type MetricChartParts = Readonly<{
  metric: string;
  runs: readonly ChartedRun[];
  belongsTo: readonly string[];
  look: ChartLook;
  /** A param or tag (run-columns.ts) whose runs are drawn as one curve; null for a curve for each run. */
  groupBy: string | null;
  marks: readonly PlaceMark[];
  /** There is no other chart beside it. */
  isAlone: boolean;
  /** Frozen as it stood then; null, or not given: now. */
  asOf?: string | null;
}>;

const NO_MARKS: readonly PlaceMark[] = [];
const NO_CURVES: AlignedCurves = { x: [], curves: [] };
const SMALL_PX = 210;
const LARGE_PX = 440;
/** Head, values and margins of a chart that fills the screen. */
const AROUND_PX = 190;

/** Reads the curves, of a part of the axis where one was zoomed into. */
function useCurves(parts: MetricChartParts & { isLarge: boolean }, range: Range, wasSeen: boolean) {
  const { logX } = parts.look;
  const question = curvesQuestion(parts, range);
  const read = useQuery({ ...curvesRead(parts.belongsTo, question, parts.asOf), enabled: wasSeen });
  const curves = useMemo(() => {
    if (read.data === undefined) return NO_CURVES;
    const all = question.groupBy === undefined ? alignCurves(read.data.curves) : alignGroups(read.data.groups);
    return logX ? abovePlaceZero(all) : all;
  }, [read.data, question.groupBy, logX]);
  const names = useMemo(() => namesOf(curves, parts.runs), [curves, parts.runs]);
  return { read, curves, names };
}

async function save(kind: 'csv' | 'svg', parts: MetricChartParts, curves: AlignedCurves, names: readonly string[]) {
  const { csvOf, svgOf } = await import('./curve-files');
  const { look, metric } = parts;
  const axis = typeof look.x === 'string' ? look.x : look.x.metric;
  if (kind === 'csv') saveFile(new Blob([csvOf(curves, names, axis)], { type: 'text/csv' }), metric, 'csv');
  else {
    const svg = svgOf(curves, { title: metric, names, logY: look.logY, axis });
    saveFile(new Blob([svg], { type: 'image/svg+xml' }), metric, 'svg');
  }
}

/** The chart as it stands, on the colour behind it. */
function savePicture(card: HTMLElement | null, metric: string): void {
  const canvas = card?.querySelector('canvas');
  if (card === null || canvas === null || canvas === undefined) return;
  const copy = document.createElement('canvas');
  copy.width = canvas.width;
  copy.height = canvas.height;
  const ctx = copy.getContext('2d');
  if (ctx === null) return;
  ctx.fillStyle = getComputedStyle(card).backgroundColor;
  ctx.fillRect(0, 0, copy.width, copy.height);
  ctx.drawImage(canvas, 0, 0);
  copy.toBlob((blob) => {
    if (blob !== null) saveFile(blob, metric, 'png');
  });
}

type ToolsParts = Readonly<{
  metric: string;
  isLarge: boolean;
  onLarge: () => void;
  onFull: () => void;
  onSave: (kind: 'png' | 'svg' | 'csv') => void;
}>;

function Tools({ metric, isLarge, onLarge, onFull, onSave }: ToolsParts) {
  const size = isLarge ? 'Make it small' : 'Make it large';
  const tool = { size: 'sm', variant: 'subtle', color: 'gray' } as const;
  return (
    <div className={classes.tools}>
      {/* Within the card, which alone is seen when it fills the screen. */}
      <Popover position="bottom-end" shadow="md" trapFocus withinPortal={false}>
        <Popover.Target>
          <ActionIcon {...tool} aria-label={`Download: ${metric}`}>
            <DownloadIcon size={14} />
          </ActionIcon>
        </Popover.Target>
        <Popover.Dropdown aria-label="Download as" p={4}>
          {(['png', 'svg', 'csv'] as const).map((kind) => (
            <Button key={kind} size="compact-sm" variant="subtle" onClick={() => onSave(kind)}>
              {kind.toUpperCase()}
            </Button>
          ))}
        </Popover.Dropdown>
      </Popover>
      <Tooltip label="Full screen">
        <ActionIcon {...tool} aria-label={`Full screen: ${metric}`} onClick={onFull}>
          <FullScreenIcon size={14} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={size}>
        <ActionIcon {...tool} aria-label={`${size}: ${metric}`} onClick={onLarge}>
          <ExpandIcon size={14} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

/** Which ranks stay far from the others, in words. */
function OddRanks({ curves }: { curves: AlignedCurves }) {
  const odd = useMemo(() => outlierRanks(curves.curves), [curves]);
  if (odd.length === 0) return null;
  const named = odd
    .slice(0, 5)
    .map(
      ({ writer, deviation }) =>
        `${writer || 'no name'} (${deviation > 99 ? '> 99' : deviation.toFixed(1)} robust deviations)`,
    );
  return (
    <Text size="xs" role="status">
      Far from the other ranks: {named.join(', ')}
      {odd.length > 5 && ` and ${odd.length - 5} more`}.
    </Text>
  );
}

type DrawnParts = MetricChartParts &
  Readonly<{ height: number; found: ReturnType<typeof useCurves>; range: Range; onRange: (range: Range) => void }>;

function Drawn(parts: DrawnParts) {
  const { metric, look, height, found, range, onRange, marks } = parts;
  const { read, curves, names } = found;
  if (read.error !== null) return <Failure error={read.error} retry={() => void read.refetch()} />;
  if (read.data === undefined) return <Skeleton height={height + 20} role="status" aria-label="Loading" />;
  return (
    <>
      <Chart
        label={metric}
        {...{ curves, names, height }}
        logX={look.logX}
        logY={look.logY}
        axis={typeof look.x === 'string' ? look.x : 'metric'}
        goal={judgedBy(metric)}
        marks={look.x === 'step' ? marks : NO_MARKS}
        onZoom={(from, to) => onRange({ from, to })}
        onReset={() => onRange(null)}
      />
      {look.ranks && <OddRanks curves={curves} />}
      {range !== null && (
        <button type="button" className={classes.reset} onClick={() => onRange(null)}>
          Show all again
        </button>
      )}
    </>
  );
}

/** The chart of one metric. Nothing is read before somebody can see it. */
export function MetricChart(parts: MetricChartParts) {
  const { metric, runs } = parts;
  const [isLarge, setLarge] = useState(parts.isAlone);
  const [wasSeen, setSeen] = useState(false);
  const [range, setRange] = useState<Range>(null);
  const { ref: seen, entry } = useIntersection({ rootMargin: '200px' });
  if (entry?.isIntersecting === true && !wasSeen) setSeen(true);
  const full = useFullscreenElement();
  const card = useRef<HTMLDivElement>(null);
  const ref = useMergedRef(seen, full.ref, card);
  const found = useCurves({ ...parts, isLarge: isLarge || full.fullscreen }, range, wasSeen);
  const height = full.fullscreen ? Math.max(SMALL_PX, screen.height - AROUND_PX) : isLarge ? LARGE_PX : SMALL_PX;
  const drawn = chartedRuns(parts).length;
  return (
    <Paper
      withBorder
      ref={ref}
      className={classes.card}
      data-large={isLarge || undefined}
      component="section"
      aria-label={metric}
    >
      <header className={classes.head}>
        <h3 className={classes.title} title={metric}>
          {metric}
        </h3>
        <Tools
          {...{ metric, isLarge }}
          onLarge={() => setLarge(!isLarge)}
          onFull={() => void full.toggle()}
          onSave={(kind) => {
            if (kind === 'png') savePicture(card.current, metric);
            else void save(kind, parts, found.curves, found.names);
          }}
        />
      </header>
      {drawn < runs.length && (
        <Text size="xs" c="dimmed">
          The first {drawn} of {runs.length} runs.
        </Text>
      )}
      {wasSeen ? (
        <Drawn {...parts} {...{ height, found, range }} onRange={setRange} />
      ) : (
        <Skeleton height={height + 20} animate={false} />
      )}
    </Paper>
  );
}
