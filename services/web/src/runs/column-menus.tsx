import { Button, Group, Popover } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { metricNamesRead, runFacetsRead } from '../api/reads';
import { ColumnsIcon, LayersIcon } from '../elements/icons';
import { type Objective, objectiveColumn } from '../governance/judged-runs';
import { ColumnList } from './column-list';
import { ATTRIBUTE_COLUMNS } from './run-columns';
import { configColumnsOf } from './run-groups';
import type { TableState } from './table-state';

type MenuParts = Readonly<{
  experiment: string;
  state: TableState;
  /** Columns that are shown, in order. */
  shown: readonly string[];
  objectives: readonly Objective[];
  onState: (change: Partial<TableState>) => void;
}>;

const toggled = (list: readonly string[], id: string): string[] =>
  list.includes(id) ? list.filter((one) => one !== id) : [...list, id];

/** Every column that there is: the server knows params and tags, and finds metrics by name. */
function Columns({ experiment, shown, objectives, onState }: MenuParts) {
  const [wanted, setWanted] = useState('');
  const [search] = useDebouncedValue(wanted.trim(), 150);
  const facets = useQuery(runFacetsRead(experiment));
  const metrics = useQuery(metricNamesRead(experiment, search));
  const columns = useMemo(
    () => [
      ...new Set([
        ...ATTRIBUTE_COLUMNS,
        ...objectives.map(({ objective }) => objectiveColumn(objective)),
        ...shown.filter((id) => !/^metrics-/.test(id)),
        ...(facets.data?.params ?? []).map(({ key }) => `params.${key}`),
        ...(metrics.data?.names ?? []).map((key) => `metrics.${key}`),
        ...(facets.data?.tags ?? []).map(({ key }) => `tags.${key}`),
      ]),
    ],
    [facets.data, metrics.data, shown, objectives],
  );
  const names = new Map(objectives.map(({ objective, definition }) => [objectiveColumn(objective), definition.name]));
  return (
    <>
      <ColumnList
        label="Search columns"
        withSummaries
        names={names}
        {...{ wanted, columns, onWanted: setWanted, chosen: shown }}
        onToggle={(id) => onState({ columns: toggled(shown, id) })}
      />
      <Button size="compact-xs" variant="subtle" mt="xs" onClick={() => onState({ columns: null, widths: {} })}>
        As at first
      </Button>
    </>
  );
}

function GroupBy({ experiment, state, onState }: MenuParts) {
  const [wanted, setWanted] = useState('');
  const { data } = useQuery(runFacetsRead(experiment));
  const params = (data?.params ?? []).filter(({ varies }) => varies).map(({ key }) => `params.${key}`);
  const tags = (data?.tags ?? []).filter(({ varies }) => varies).map(({ key }) => `tags.${key}`);
  const config = configColumnsOf(params);
  return (
    <>
      <ColumnList
        label="Search params and tags"
        {...{ wanted, columns: [...params, ...tags], onWanted: setWanted, chosen: state.groupBy }}
        onToggle={(id) => onState({ groupBy: toggled(state.groupBy, id) })}
      />
      <Group gap="xs" mt="xs">
        <Button size="compact-xs" disabled={config.length === 0} onClick={() => onState({ groupBy: config })}>
          By whole config
        </Button>
        <Button size="compact-xs" variant="subtle" onClick={() => onState({ groupBy: [] })}>
          No groups
        </Button>
      </Group>
    </>
  );
}

/** Which columns the table has, and what its runs are grouped by. */
export function ColumnMenus(parts: MenuParts) {
  const count = parts.state.groupBy.length;
  return (
    <>
      <Popover position="bottom-end" shadow="md" trapFocus>
        <Popover.Target>
          <Button size="xs" variant={count === 0 ? 'default' : 'light'} leftSection={<LayersIcon size={15} />}>
            {count === 0 ? 'Group' : `Grouped by ${count}`}
          </Button>
        </Popover.Target>
        <Popover.Dropdown aria-label="Group by">
          <GroupBy {...parts} />
        </Popover.Dropdown>
      </Popover>
      <Popover position="bottom-end" shadow="md" trapFocus>
        <Popover.Target>
          <Button size="xs" variant="default" leftSection={<ColumnsIcon size={15} />}>
            Columns
          </Button>
        </Popover.Target>
        <Popover.Dropdown aria-label="Columns">
          <Columns {...parts} />
        </Popover.Dropdown>
      </Popover>
    </>
  );
}
