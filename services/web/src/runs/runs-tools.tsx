import { Button, Checkbox, Group, Popover, ScrollArea, Switch, Text, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { ApiError } from '../api/api';
import { formatCount } from '../elements/format';
import { ColumnsIcon, SearchIcon } from '../elements/icons';
import { titleOf } from './run-columns';
import classes from './runs-table.module.css';
import type { TableState } from './table-state';

export type ToolsParts = Readonly<{
  state: TableState;
  onState: (change: Partial<TableState>) => void;
  /** Every column that there is, and those that are shown. */
  known: readonly string[];
  shown: readonly string[];
  error: Error | null;
  count: number | null;
  views: ReactNode;
}>;

/** Why a filter cannot be used, with the place of the fault underlined in it. */
function FilterFault({ error, filter }: { error: ApiError; filter: string }) {
  const offset = Number(/at offset (\d+)/.exec(error.message)?.[1] ?? Number.NaN);
  return (
    <p className={classes.fault} role="alert">
      {error.message}
      {Number.isInteger(offset) && filter !== '' && (
        <>
          {'\n'}
          <code>
            {filter.slice(0, offset)}
            <mark>{filter.slice(offset, offset + 12) || ' '}</mark>
            {filter.slice(offset + 12)}
          </code>
        </>
      )}
    </p>
  );
}

function FilterBox({ state, onState, error }: Pick<ToolsParts, 'state' | 'onState' | 'error'>) {
  const [text, setText] = useState(state.filter);
  useEffect(() => setText(state.filter), [state.filter]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onState({ filter: text.trim() });
  };
  const isFault = error instanceof ApiError && error.code.startsWith('FILTER_');
  return (
    <form onSubmit={submit} className={classes.filter}>
      <TextInput
        size="xs"
        aria-label="Filter runs"
        data-page-search
        placeholder="metrics.loss < 0.5 AND params.opt = 'adam'  ⏎"
        leftSection={<SearchIcon size={15} />}
        value={text}
        spellCheck={false}
        onChange={(event) => setText(event.currentTarget.value)}
        error={isFault && <FilterFault error={error} filter={state.filter} />}
      />
    </form>
  );
}

function ColumnPicker({ known, shown, onState }: Pick<ToolsParts, 'known' | 'shown' | 'onState'>) {
  const [wanted, setWanted] = useState('');
  const found = known.filter((id) => id.toLowerCase().includes(wanted.trim().toLowerCase())).slice(0, 200);
  const toggle = (id: string): void =>
    onState({ columns: shown.includes(id) ? shown.filter((one) => one !== id) : [...shown, id] });
  return (
    <Popover position="bottom-end" shadow="md" trapFocus>
      <Popover.Target>
        <Button size="xs" variant="default" leftSection={<ColumnsIcon size={15} />}>
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Columns">
        <TextInput
          size="xs"
          mb="xs"
          aria-label="Search columns"
          placeholder="Search columns"
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
        <ScrollArea.Autosize mah={320} w={280} viewportProps={{ tabIndex: 0 }}>
          {found.map((id) => (
            <Checkbox
              key={id}
              size="xs"
              my={6}
              label={id.includes('.') ? id : titleOf(id)}
              checked={shown.includes(id)}
              onChange={() => toggle(id)}
            />
          ))}
        </ScrollArea.Autosize>
        <Button size="compact-xs" variant="subtle" mt="xs" onClick={() => onState({ columns: null, widths: {} })}>
          As at first
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}

export function RunsTools(parts: ToolsParts) {
  const { state, onState, count, views } = parts;
  return (
    <Group className={classes.tools} gap="sm" align="flex-start">
      <FilterBox {...parts} />
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
        <ColumnPicker {...parts} />
        <Text size="xs" c="dimmed" role="status">
          {count === null ? '' : `${formatCount(count)} ${count === 1 ? 'run' : 'runs'}`}
        </Text>
      </Group>
    </Group>
  );
}
