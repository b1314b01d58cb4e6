import { Select } from '@mantine/core';
import { titleOf } from '../runs/run-columns';

type SelectParts = Readonly<{
  label: string;
  columns: readonly string[];
  value: string | null;
  onValue: (value: string | null) => void;
  clearable?: boolean;
  /** What stands in it while nothing is chosen; then there is no label above it. */
  placeholder?: string;
}>;

const GROUPS = [
  ['params.', 'Params'],
  ['metrics.', 'Metrics'],
  ['metrics-min.', 'Metrics, least'],
  ['metrics-max.', 'Metrics, greatest'],
  ['tags.', 'Tags'],
] as const;

/** One of many columns, found by name. */
export function ColumnSelect({ label, columns, value, onValue, clearable = false, placeholder }: SelectParts) {
  const data = GROUPS.map(([prefix, group]) => ({
    group,
    items: columns.filter((id) => id.startsWith(prefix)).map((id) => ({ value: id, label: titleOf(id) })),
  })).filter(({ items }) => items.length > 0);
  return (
    <Select
      size="xs"
      w={220}
      {...(placeholder === undefined ? { label } : { placeholder, 'aria-label': label })}
      searchable
      clearable={clearable}
      allowDeselect={clearable}
      limit={100}
      data={data}
      value={value}
      onChange={onValue}
      nothingFoundMessage="Nothing is called that"
    />
  );
}
