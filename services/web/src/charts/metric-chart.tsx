import { ActionIcon, Paper, Skeleton, Tooltip } from '@mantine/core';
import { useIntersection } from '@mantine/hooks';
import type { CurvesQuestion } from '@runledger/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { curvesRead } from '../api/reads';
import { ExpandIcon } from '../elements/icons';
import { Failure } from '../elements/notice';
import { alignCurves } from './align-curves';
import { Chart } from './chart';
import classes from './metric-chart.module.css';

export type ChartLook = Readonly<{
  x: 'step' | 'time' | 'relative-time';
  smoothing: number;
  logY: boolean;
}>;
type Range = Readonly<{ from: number; to: number }> | null;
export type MetricChartParts = Readonly<{
  metric: string;
  runs: ReadonlyArray<Readonly<{ run: string; name: string }>>;
  belongsTo: readonly string[];
  look: ChartLook;
}>;

const BUCKETS = 400;

function questionOf({ metric, runs, look }: MetricChartParts, range: Range): CurvesQuestion {
  return {
    runs: runs.map(({ run }) => run),
    keys: [metric],
    x: look.x,
    buckets: BUCKETS,
    ends: 'whole',
    columns: ['count', 'nans', 'positiveInfs', 'negativeInfs', 'min', 'max', 'avg'],
    ...(range === null ? {} : { from: Math.floor(range.from), to: Math.ceil(range.to) }),
    ...(look.smoothing === 0 ? {} : { smoothing: { method: 'ema' as const, weight: look.smoothing } }),
  };
}

function Drawn(parts: MetricChartParts & { height: number }) {
  const { metric, runs, belongsTo, look, height } = parts;
  const [range, setRange] = useState<Range>(null);
  const { data, error, refetch } = useQuery(curvesRead(belongsTo, questionOf(parts, range)));
  const curves = useMemo(() => alignCurves(data?.curves ?? []), [data]);
  const names = useMemo(
    () => curves.curves.map((curve) => runs.find(({ run }) => run === curve.run)?.name ?? curve.run),
    [curves, runs],
  );
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Skeleton height={height + 20} aria-label="Loading" />;
  return (
    <>
      <Chart
        label={metric}
        curves={curves}
        names={names}
        logY={look.logY}
        axis={look.x}
        height={height}
        onZoom={(from, to) => setRange({ from, to })}
        onReset={() => setRange(null)}
      />
      {range !== null && (
        <button type="button" className={classes.reset} onClick={() => setRange(null)}>
          Show all again
        </button>
      )}
    </>
  );
}

/** The chart of one metric. Nothing is read before somebody can see it. */
export function MetricChart(parts: MetricChartParts) {
  const [isLarge, setLarge] = useState(false);
  const [wasSeen, setSeen] = useState(false);
  const { ref, entry } = useIntersection({ rootMargin: '200px' });
  if (entry?.isIntersecting === true && !wasSeen) setSeen(true);
  const height = isLarge ? 440 : 210;
  const label = isLarge ? 'Make it small' : 'Make it large';
  return (
    <Paper
      withBorder
      ref={ref}
      className={classes.card}
      data-large={isLarge || undefined}
      component="section"
      aria-label={parts.metric}
    >
      <header className={classes.head}>
        <h3 className={classes.title} title={parts.metric}>
          {parts.metric}
        </h3>
        <Tooltip label={label}>
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            aria-label={`${label}: ${parts.metric}`}
            onClick={() => setLarge(!isLarge)}
          >
            <ExpandIcon size={14} />
          </ActionIcon>
        </Tooltip>
      </header>
      {wasSeen ? <Drawn {...parts} height={height} /> : <Skeleton height={height + 20} animate={false} />}
    </Paper>
  );
}
