import { Button, Group, Text } from '@mantine/core';
import type { FacetsAnswer } from '@runledger/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { comparedRead } from '../api/reads';
import { formatCount, formatNumber } from '../elements/format';
import { Empty, Pending } from '../elements/notice';
import { type FoundRun, metricKeysOf, titleOf } from '../runs/run-columns';
import { BrushRange } from './brush-range';
import { ColumnSelect } from './column-select';
import classes from './compare-page.module.css';
import type { CompareState } from './compare-state';
import { INTERPOLATION } from './interpolate';
import { Plot } from './plot';
import { axisOf, type PlotAxis, placesWith, wordOf } from './plot-axis';
import { columnsOf, likelyColumns } from './plot-columns';
import { boxOption, contourOption, type PlotInk, parallelOption, scatterOption } from './plot-options';

export type PanelParts = Readonly<{
  state: CompareState;
  onState: (change: Partial<CompareState>) => void;
  facets: FacetsAnswer;
}>;
type Kind = 'scatter' | 'parallel' | 'contour' | 'boxes';

const LABELS: Record<Kind, Readonly<{ x: string; y: string; colour: string | null }>> = {
  scatter: { x: 'Across', y: 'Up', colour: 'Colour' },
  parallel: { x: '', y: 'Outcome, by colour', colour: null },
  contour: { x: 'Across', y: 'Up', colour: 'Height' },
  boxes: { x: 'A box for each', y: 'Up', colour: null },
};

type Columns = Readonly<{ x: string | null; y: string | null; colour: string | null; params: readonly string[] }>;

/** What most people would look at in a plot of this kind. */
function pickedColumns(kind: Kind, facets: FacetsAnswer): Columns {
  const { outcome, params, choices } = likelyColumns(facets);
  const [first = null, second = null] = params;
  switch (kind) {
    case 'parallel':
      return { x: null, y: outcome, colour: null, params };
    case 'boxes':
      return { x: choices[0] ?? first, y: outcome, colour: null, params };
    case 'contour':
      return { x: first, y: second, colour: outcome, params };
    case 'scatter':
      return { x: first, y: outcome, colour: null, params };
    default:
      return kind satisfies never;
  }
}

/** Columns of a plot: those in the address, or else those that are picked. */
function useColumns(kind: Kind, { state: { x, y, colour }, facets }: PanelParts): Columns {
  return useMemo(() => {
    const picked = pickedColumns(kind, facets);
    return { ...picked, x: x ?? picked.x, y: y ?? picked.y, colour: colour ?? picked.colour };
  }, [kind, x, y, colour, facets]);
}

const optionFor = (
  kind: Kind,
  axes: Readonly<{ x: PlotAxis; y: PlotAxis; colour: PlotAxis | null; params: PlotAxis[] }>,
  ink: PlotInk,
) => {
  const { x, y, colour, params } = axes;
  if (kind === 'parallel') return parallelOption([...params, y], y, ink);
  if (kind === 'boxes') return boxOption(x, y, ink);
  return kind === 'contour' && colour !== null ? contourOption(x, y, colour, ink) : scatterOption(x, y, colour, ink);
};

function noteOf(kind: Kind, shown: number, all: number, axes: readonly PlotAxis[]): string {
  const left = all - shown;
  const without =
    left === 0
      ? ''
      : ` ${formatCount(left)} of ${formatCount(all)} runs have no value for one of these and are not shown.`;
  const logs = axes.filter(({ isLog }) => isLog).map(({ title }) => title);
  const log = logs.length === 0 ? '' : ` Logarithmic: ${logs.join(', ')}.`;
  const how =
    kind === 'contour'
      ? ` Between runs: ${INTERPOLATION}.`
      : kind === 'boxes'
        ? ' Whiskers reach as far as 1.5 times the box (Tukey); each run is a point.'
        : '';
  return `${formatCount(shown)} runs.${without}${log}${how}`;
}

function Brushed({ runs, places }: { runs: readonly FoundRun[]; places: readonly number[] }) {
  const ids = places.flatMap((at) => runs[at]?.run ?? []);
  return (
    <Group gap="sm" mt="xs">
      <Text size="sm" role="status">
        {formatCount(ids.length)} {ids.length === 1 ? 'run' : 'runs'} within the brushes
      </Text>
      <Button
        size="compact-sm"
        variant="default"
        renderRoot={(props: object) => <Link {...props} to="/compare" search={{ runs: ids, tab: 'parallel' }} />}
      >
        Compare only these
      </Button>
    </Group>
  );
}

function Drawn({ kind, runs, parts }: { kind: Kind; runs: readonly FoundRun[]; parts: PanelParts }) {
  const columns = useColumns(kind, parts);
  const navigate = useNavigate();
  const [brushed, setBrushed] = useState<readonly number[] | null>(null);
  const axes = useMemo(() => {
    const of = (id: string | null): PlotAxis => axisOf(runs, id ?? '');
    return {
      x: of(columns.x ?? columns.y),
      y: of(columns.y),
      colour: columns.colour === null ? null : of(columns.colour),
      params: columns.params.map(of),
    };
  }, [runs, columns]);
  const used = useMemo(
    () => (kind === 'parallel' ? [axes.y] : [axes.x, axes.y, ...(axes.colour === null ? [] : [axes.colour])]),
    [kind, axes],
  );
  const shown = useMemo(() => placesWith(used), [used]);
  const optionOf = useCallback((ink: PlotInk) => optionFor(kind, axes, ink), [kind, axes]);
  const wordsOf = useCallback(
    (at: number): string => {
      const all = kind === 'parallel' ? [...axes.params, ...used] : used;
      const values = all.map((axis) => `${axis.title} ${wordOf(axis, axis.values[at] ?? null, formatNumber)}`);
      return `${runs[at]?.name ?? runs[at]?.run}: ${values.join(', ')}`;
    },
    [runs, axes, used, kind],
  );
  if (columns.y === null || (kind !== 'parallel' && columns.x === null) || shown.length === 0)
    return <Empty title="No run has a number for all of these" />;
  const note = noteOf(kind, shown.length, runs.length, kind === 'parallel' ? [] : used);
  return (
    <>
      <Plot
        key={kind}
        label={`${used.map(({ title }) => title).join(' and ')} of ${shown.length} runs`}
        {...{ optionOf, wordsOf }}
        onOpen={(at) => void navigate({ to: `/runs/${encodeURIComponent(runs[at]?.run ?? '')}` })}
        onBrush={(places) => setBrushed(places?.map((row) => placesWith([axes.y])[row] ?? 0) ?? null)}
      />
      {kind === 'parallel' && <BrushRange axes={[axes.y, ...axes.params]} onWithin={setBrushed} />}
      {kind === 'parallel' && brushed !== null && <Brushed runs={runs} places={brushed} />}
      <Text size="xs" c="dimmed" mt="xs">
        {note}
        {kind === 'parallel' &&
          ` Drag along an axis to keep the runs that pass there; click it to let go. Axes: ${columns.params.map(titleOf).join(', ')}.`}
      </Text>
    </>
  );
}

/** Plots of runs by their params and what came out. */
export function PlotsPanel({ kind, ...parts }: PanelParts & { kind: Kind }) {
  const { state, onState, facets } = parts;
  const columns = useColumns(kind, parts);
  const asked = metricKeysOf([columns.x, columns.y, columns.colour].filter((id) => id !== null));
  const read = useQuery(comparedRead(state.runs, asked));
  const all = useMemo(() => columnsOf(facets), [facets]);
  const labels = LABELS[kind];
  return (
    <div className={classes.page}>
      <Group gap="sm" align="flex-end">
        {labels.x !== '' && (
          <ColumnSelect label={labels.x} columns={all} value={columns.x} onValue={(x) => onState({ x })} />
        )}
        <ColumnSelect label={labels.y} columns={all} value={columns.y} onValue={(y) => onState({ y })} />
        {labels.colour !== null && (
          <ColumnSelect
            label={labels.colour}
            columns={all}
            value={columns.colour}
            clearable={kind === 'scatter'}
            onValue={(colour) => onState({ colour })}
          />
        )}
      </Group>
      <Pending read={read} />
      {read.data !== undefined && <Drawn kind={kind} runs={read.data.runs} parts={parts} />}
    </div>
  );
}
