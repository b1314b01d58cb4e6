import { Group, SegmentedControl, Slider, Switch, Text, TextInput } from '@mantine/core';
import { useDeferredValue, useMemo, useState } from 'react';
import { formatCount } from '../elements/format';
import { SearchIcon } from '../elements/icons';
import { Empty } from '../elements/notice';
import { sectionsOf } from './align-curves';
import classes from './chart-wall.module.css';
import { type ChartLook, MetricChart, type MetricChartParts } from './metric-chart';

/** Sections beyond these begin closed, and charts beyond these of a section wait for a click: nobody looks at 10,000. */
const OPEN_AT_FIRST = 4;
const MOST_AT_ONCE = 24;

type WallParts = Omit<MetricChartParts, 'metric' | 'look'> &
  Readonly<{ metrics: readonly string[] /** What is not shown, and why. */; note: string | null }>;

function Controls({ look, onLook }: { look: ChartLook; onLook: (look: ChartLook) => void }) {
  return (
    <Group gap="md">
      <SegmentedControl
        size="xs"
        aria-label="Axis"
        value={look.x}
        onChange={(x) => onLook({ ...look, x })}
        data={[
          { value: 'step', label: 'Step' },
          { value: 'relative-time', label: 'Duration' },
          { value: 'time', label: 'Time' },
        ]}
      />
      <Group gap={6} wrap="nowrap">
        <Text size="xs" c="dimmed" id="smoothing">
          Smoothing
        </Text>
        <Slider
          w={110}
          size="sm"
          min={0}
          max={0.99}
          step={0.01}
          defaultValue={look.smoothing}
          onChangeEnd={(smoothing) => onLook({ ...look, smoothing })}
          thumbLabel="Smoothing"
        />
      </Group>
      <Switch
        size="xs"
        label="Log axis"
        checked={look.logY}
        onChange={(event) => onLook({ ...look, logY: event.currentTarget.checked })}
      />
    </Group>
  );
}

function Section(parts: WallParts & { prefix: string; look: ChartLook; isOpen: boolean }) {
  const { prefix, metrics, isOpen, look, runs, belongsTo } = parts;
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
            <MetricChart key={metric} metric={metric} runs={runs} belongsTo={belongsTo} look={look} />
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

/** Charts of metrics by their prefix, found by name. */
export function ChartWall(parts: WallParts) {
  const { metrics, note } = parts;
  const [wanted, setWanted] = useState('');
  const [look, setLook] = useState<ChartLook>({ x: 'step', smoothing: 0, logY: false });
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
          w={280}
          leftSection={<SearchIcon size={15} />}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
        <Controls look={look} onLook={setLook} />
      </Group>
      {note !== null && (
        <Text size="xs" c="dimmed" role="status">
          {note}
        </Text>
      )}
      {sections.length === 0 && <Empty title={metrics.length === 0 ? 'No metrics yet' : 'No metric is called that'} />}
      {sections.map(({ prefix, names }, at) => (
        <Section
          key={`${prefix} ${asked}`}
          {...parts}
          prefix={prefix}
          metrics={names}
          look={look}
          isOpen={at < OPEN_AT_FIRST}
        />
      ))}
    </div>
  );
}
