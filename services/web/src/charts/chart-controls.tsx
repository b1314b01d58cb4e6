import { Group, NativeSelect, SegmentedControl, Slider, Switch, Text } from '@mantine/core';
import { type ChartLook, SMOOTHINGS } from './curves-question';

const METHODS: Record<(typeof SMOOTHINGS)[number], string> = {
  ema: 'Exponential',
  'time-weighted-ema': 'Exponential, by distance',
  'running-average': 'Running average',
};
const ON_METRIC = 'metric';

type ControlParts = Readonly<{
  look: ChartLook;
  onLook: (look: ChartLook) => void;
  metrics: readonly string[];
  /** One run that several processes log. */
  hasRanks: boolean;
}>;
/** A native list of more than these would be no help. */
const MOST_OFFERED = 500;

function Axis({ look, onLook, metrics }: ControlParts) {
  const { x } = look;
  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label="Axis"
        value={typeof x === 'string' ? x : ON_METRIC}
        onChange={(chosen) => {
          if (chosen === 'step' || chosen === 'time' || chosen === 'relative-time') onLook({ ...look, x: chosen });
          else if (metrics[0] !== undefined) onLook({ ...look, x: { metric: metrics[0] } });
        }}
        data={[
          { value: 'step', label: 'Step' },
          { value: 'relative-time', label: 'Duration' },
          { value: 'time', label: 'Time' },
          { value: ON_METRIC, label: 'Metric' },
        ]}
      />
      {typeof x !== 'string' && (
        <NativeSelect
          size="xs"
          maw={200}
          aria-label="Metric across"
          value={x.metric}
          onChange={(event) => onLook({ ...look, x: { metric: event.currentTarget.value } })}
          data={[...new Set([x.metric, ...metrics.slice(0, MOST_OFFERED)])]}
        />
      )}
    </>
  );
}

/** How all charts of a page are drawn. */
export function ChartControls(parts: ControlParts) {
  const { look, onLook, hasRanks } = parts;
  const { smoothing } = look;
  return (
    <Group gap="sm">
      <Axis {...parts} />
      <Group gap={6} wrap="nowrap">
        <Text size="xs" c="dimmed">
          Smoothing
        </Text>
        <NativeSelect
          size="xs"
          w={130}
          aria-label="Method of smoothing"
          value={smoothing.method}
          onChange={(event) => {
            const method = SMOOTHINGS.find((one) => one === event.currentTarget.value) ?? 'ema';
            onLook({ ...look, smoothing: { ...smoothing, method } });
          }}
          data={SMOOTHINGS.map((method) => ({ value: method, label: METHODS[method] }))}
        />
        <Slider
          w={90}
          size="sm"
          min={0}
          max={0.99}
          step={0.01}
          defaultValue={smoothing.strength}
          onChangeEnd={(strength) => onLook({ ...look, smoothing: { ...smoothing, strength } })}
          thumbLabel="Smoothing"
        />
      </Group>
      <Switch
        size="xs"
        label="Log x"
        checked={look.logX}
        onChange={(event) => onLook({ ...look, logX: event.currentTarget.checked })}
      />
      <Switch
        size="xs"
        label="Log y"
        checked={look.logY}
        onChange={(event) => onLook({ ...look, logY: event.currentTarget.checked })}
      />
      {hasRanks && (
        <Switch
          size="xs"
          label="Each rank"
          checked={look.ranks}
          onChange={(event) => onLook({ ...look, ranks: event.currentTarget.checked })}
        />
      )}
    </Group>
  );
}
