import { Button, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { formatCount, formatNumber } from '../elements/format';
import { Grid, type GridColumn } from '../elements/grid';
import { type FoundRun, isMetricColumn, titleOf, type Value, widthOf } from './run-columns';
import { aggregateOf, filterOfGroup, groupRuns, type RunGroup, sortGroups } from './run-groups';
import classes from './runs-table.module.css';
import { nextSort, type TableState } from './table-state';

const MOST_COMPARED = 1_000;

type GroupsParts = Readonly<{
  name: string;
  runs: readonly FoundRun[];
  /** All runs that match, or null while that is not known. */
  count: number | null;
  isWhole: boolean;
  shown: readonly string[];
  state: TableState;
  onState: (change: Partial<TableState>) => void;
}>;

const COUNT = 'runs';
const WIDE = 190;

function gridColumns({ shown, state, onState }: GroupsParts): GridColumn[] {
  const head = (id: string, title: string) => (
    <button
      type="button"
      className={classes.title}
      title={id}
      onClick={() => onState({ sort: nextSort(state.sort, id) })}
    >
      {state.sort === id ? '▲ ' : state.sort === `-${id}` ? '▼ ' : ''}
      {title}
    </button>
  );
  const keys = state.groupBy.map((id) => ({ id, title: titleOf(id), width: widthOf(id), head: head(id, titleOf(id)) }));
  const metrics = shown.filter(isMetricColumn).map((id) => ({
    id,
    title: titleOf(id),
    width: WIDE,
    align: 'right' as const,
    head: head(id, titleOf(id)),
  }));
  return [...keys, { id: COUNT, title: 'Runs', width: 170, head: head(COUNT, 'Runs') }, ...metrics];
}

const shownValue = (value: Value): string =>
  value === null ? '–' : typeof value === 'number' ? formatNumber(value) : String(value);

function MeanCell({ group, column }: { group: RunGroup; column: string }) {
  const aggregate = aggregateOf(group, column);
  if (aggregate === null) return <span className={classes.none}>–</span>;
  const { mean, std, min, max, runs } = aggregate;
  const title = `mean ${formatNumber(mean)} ± ${formatNumber(std)} (sample), from ${formatNumber(min)} to ${formatNumber(max)}, of ${runs} runs`;
  return (
    <span title={title}>
      {formatNumber(Number(mean.toPrecision(5)))}
      {runs > 1 && <small className={classes.spread}> ± {formatNumber(Number(std.toPrecision(2)))}</small>}
    </span>
  );
}

function CountCell({ group, parts: { state, onState } }: { group: RunGroup; parts: GroupsParts }) {
  const show = (): void => onState({ filter: filterOfGroup(state.filter, state.groupBy, group), groupBy: [] });
  const ids = group.runs.map(({ run }) => run);
  return (
    <>
      <Button size="compact-xs" variant="subtle" onClick={show} title="Show these runs alone">
        {formatCount(group.runs.length)}
      </Button>
      {ids.length > 1 && (
        <Button
          size="compact-xs"
          variant="subtle"
          renderRoot={(props: object) => (
            <Link {...props} to="/compare" search={{ runs: ids.slice(0, MOST_COMPARED) }} />
          )}
        >
          Compare
        </Button>
      )}
    </>
  );
}

/** A row for each config: how many runs have it, and how they came out. */
export function GroupsTable(parts: GroupsParts) {
  const { name, runs, count, isWhole, state } = parts;
  const columns = useMemo(() => gridColumns(parts), [parts]);
  const groups = useMemo(
    () => sortGroups(groupRuns(runs, state.groupBy), state.groupBy, state.sort),
    [runs, state.groupBy, state.sort],
  );
  const of = isWhole
    ? formatCount(runs.length)
    : `the first ${formatCount(runs.length)} of ${formatCount(count ?? runs.length)}`;
  return (
    <>
      <Text size="xs" c="dimmed" px={20} pb="xs" role="status">
        {formatCount(groups.length)} {groups.length === 1 ? 'group' : 'groups'} of {of} runs; mean ± standard deviation
      </Text>
      <Grid
        label={`Groups of ${name}`}
        rows={groups}
        columns={columns}
        rowId={({ id }) => id}
        sortedBy={({ id }) => (state.sort === id ? 'ascending' : state.sort === `-${id}` ? 'descending' : undefined)}
        cell={(group, { id }) => {
          if (id === COUNT) return <CountCell group={group} parts={parts} />;
          const at = state.groupBy.indexOf(id);
          return at < 0 ? (
            <MeanCell group={group} column={id} />
          ) : (
            <span title={shownValue(group.values[at] ?? null)}>{shownValue(group.values[at] ?? null)}</span>
          );
        }}
      />
    </>
  );
}
