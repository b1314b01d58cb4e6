import { Group, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useDeferredValue, useMemo, useState } from 'react';
import { writersRead } from '../api/reads';
import { formatCount } from '../elements/format';
import { SearchIcon } from '../elements/icons';
import { Empty } from '../elements/notice';
import { sectionsOf } from './align-curves';
import { ChartControls } from './chart-controls';
import classes from './chart-wall.module.css';
import type { ChartedRun, ChartLook } from './curves-question';
import { keepLook, keptLook } from './kept-look';
import { MetricChart, type MetricChartParts } from './metric-chart';
import { segmentMarks, stragglersInWords } from './run-segments';

/** Sections beyond these begin closed, and charts beyond these of a section wait for a click: nobody looks at 10,000. */
const OPEN_AT_FIRST = 4;
const MOST_AT_ONCE = 24;

type WallParts = Readonly<{
  metrics: readonly string[];
  runs: readonly ChartedRun[];
  belongsTo: readonly string[];
  /** What is not shown, and why. */
  note: string | null;
  groupBy?: string | null;
  /** More to choose from, beside the search. */
  tools?: ReactNode;
}>;
type Sections = Omit<MetricChartParts, 'metric'>;

/** How one run was logged: where it was taken up again or forked, and which of its ranks lie behind. */
function useSegments(runs: readonly ChartedRun[]) {
  const only = runs.length === 1 ? runs[0]?.run : undefined;
  const { data } = useQuery({ ...writersRead(only ?? ''), enabled: only !== undefined });
  return useMemo(() => {
    if (data === undefined) return { marks: [], notes: [], hasRanks: false };
    const marks = segmentMarks(data);
    const behind = stragglersInWords(data);
    return {
      marks,
      notes: [...marks.map(({ words }) => words), ...(behind === null ? [] : [behind])],
      hasRanks: data.writers.length > 1,
    };
  }, [data]);
}

function Section(parts: Sections & { prefix: string; metrics: readonly string[]; isOpen: boolean }) {
  const { prefix, metrics, isOpen, ...chart } = parts;
  const [open, setOpen] = useState(isOpen);
  const [shown, setShown] = useState(MOST_AT_ONCE);
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)} className={classes.section}>
      <summary className={classes.summary}>
        <h2>{prefix === '' ? 'Metrics' : prefix}</h2>
        <Text span size="xs" c="dimmed">
          {formatCount(metrics.length)}
        </Text>
      </summary>
      {open && (
        <div className={classes.charts}>
          {metrics.slice(0, shown).map((metric) => (
            <MetricChart key={metric} metric={metric} {...chart} />
          ))}
        </div>
      )}
      {open && metrics.length > shown && (
        <button type="button" className={classes.more} onClick={() => setShown(shown + MOST_AT_ONCE)}>
          Show {Math.min(MOST_AT_ONCE, metrics.length - shown)} more of {formatCount(metrics.length)}
        </button>
      )}
    </details>
  );
}

/** Notes on a run that stand above its charts; the others are marked in the charts alone. */
const MOST_NOTES = 5;

function Notes({ notes }: { notes: readonly string[] }) {
  if (notes.length === 0) return null;
  return (
    <ul className={classes.notes} aria-label="How this run was logged">
      {notes.slice(-MOST_NOTES).map((note) => (
        <li key={note}>{note}</li>
      ))}
      {notes.length > MOST_NOTES && <li>{notes.length - MOST_NOTES} earlier ones are marked in the charts</li>}
    </ul>
  );
}

/** Charts of metrics by their prefix, found by name. */
export function ChartWall(parts: WallParts) {
  const { metrics, note, runs, belongsTo, groupBy = null, tools } = parts;
  const [wanted, setWanted] = useState('');
  const [look, setLook] = useState(keptLook);
  const onLook = (next: ChartLook): void => {
    setLook(next);
    keepLook(next);
  };
  const { marks, notes, hasRanks } = useSegments(runs);
  const asked = useDeferredValue(wanted.trim().toLowerCase());
  const sections = useMemo(
    () => sectionsOf(metrics.filter((name) => name.toLowerCase().includes(asked))),
    [metrics, asked],
  );
  return (
    <div className={classes.wall}>
      <Group className={classes.bar} justify="space-between">
        <TextInput
          aria-label="Search metrics"
          data-page-search
          placeholder="Search metrics by name"
          size="xs"
          w={220}
          leftSection={<SearchIcon size={15} />}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
        {tools}
        <ChartControls {...{ look, metrics, hasRanks }} onLook={onLook} />
      </Group>
      {note !== null && (
        <Text size="xs" c="dimmed" role="status">
          {note}
        </Text>
      )}
      <Notes notes={notes} />
      {sections.length === 0 && <Empty title={metrics.length === 0 ? 'No metrics yet' : 'No metric is called that'} />}
      {sections.map(({ prefix, names }, at) => (
        <Section
          key={`${prefix} ${asked}`}
          {...{ prefix, runs, belongsTo, groupBy, marks, look }}
          isAlone={metrics.length === 1}
          metrics={names}
          isOpen={at < OPEN_AT_FIRST}
        />
      ))}
    </div>
  );
}
