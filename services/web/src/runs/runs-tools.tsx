import { Group, Switch, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatCount } from '../elements/format';
import type { Objective } from '../governance/judged-runs';
import { ColumnMenus } from './column-menus';
import { FilterBox } from './filter-box';
import classes from './runs-table.module.css';
import type { TableState } from './table-state';

export type ToolsParts = Readonly<{
  experiment: string;
  state: TableState;
  onState: (change: Partial<TableState>) => void;
  shown: readonly string[];
  objectives: readonly Objective[];
  error: Error | null;
  count: number | null;
  views: ReactNode;
}>;

export function RunsTools(parts: ToolsParts) {
  const { experiment, state, onState, count, views, error } = parts;
  return (
    <Group className={classes.tools} gap="sm" align="flex-start">
      <FilterBox {...{ experiment, error, filter: state.filter }} onFilter={(filter) => onState({ filter })} />
      <Group gap="sm" mih={30}>
        <Switch
          size="xs"
          label="Only what varies"
          checked={state.varying}
          onChange={(event) => onState({ varying: event.currentTarget.checked })}
        />
        <Switch
          size="xs"
          label="Deleted"
          checked={state.deleted}
          onChange={(event) => onState({ deleted: event.currentTarget.checked })}
        />
        {views}
        <ColumnMenus {...parts} />
        <Text size="xs" c="dimmed" role="status">
          {count === null ? '' : `${formatCount(count)} ${count === 1 ? 'run' : 'runs'}`}
        </Text>
      </Group>
    </Group>
  );
}
