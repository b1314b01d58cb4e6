import { Group, NumberInput, Select } from '@mantine/core';
import { useMemo, useState } from 'react';
import { type PlotAxis, placesWithin } from './plot-axis';

type RangeParts = Readonly<{
  axes: readonly PlotAxis[];
  /** Places of the runs whose values lie within; null while there is no range. */
  onWithin: (places: readonly number[] | null) => void;
}>;

const numberOf = (typed: string | number): number | null => (typeof typed === 'number' ? typed : null);

/** What brushing an axis does, by typing: the canvas takes no keys. */
export function BrushRange({ axes, onWithin }: RangeParts) {
  const numeric = useMemo(() => axes.filter(({ categories }) => categories === null), [axes]);
  const [range, setRange] = useState<Readonly<{ id: string | null; from: number | null; to: number | null }>>({
    id: null,
    from: null,
    to: null,
  });
  const become = (change: Partial<typeof range>): void => {
    const next = { ...range, ...change };
    setRange(next);
    const axis = numeric.find(({ id }) => id === next.id);
    onWithin(
      axis === undefined || (next.from === null && next.to === null) ? null : placesWithin(axis, next.from, next.to),
    );
  };
  return (
    <Group gap="sm" mt="xs" align="end">
      <Select
        size="xs"
        w={220}
        label="Within a range of"
        clearable
        data={numeric.map(({ id, title }) => ({ value: id, label: title }))}
        value={range.id}
        onChange={(id) => become({ id })}
      />
      <NumberInput
        size="xs"
        w={120}
        label="From"
        value={range.from ?? ''}
        onChange={(typed) => become({ from: numberOf(typed) })}
      />
      <NumberInput
        size="xs"
        w={120}
        label="To"
        value={range.to ?? ''}
        onChange={(typed) => become({ to: numberOf(typed) })}
      />
    </Group>
  );
}
