import { type MouseEvent, useMemo, useRef, useState } from 'react';
import { Grid, type GridColumn } from '../elements/grid';
import { Empty, LogFirstRun } from '../elements/notice';
import { type FoundRun, isNumeric, titleOf, widthOf } from './run-columns';
import { RunCell } from './runs-cell';
import { ColumnHead } from './runs-head';
import { RunsPicked } from './runs-picked';
import type { TableState } from './table-state';

type TableParts = Readonly<{ state: TableState; onState: (change: Partial<TableState>) => void }>;
const PICK = ' pick';

/** Pinned columns come first, wherever they stood. */
function gridColumns(shown: readonly string[], { state, onState }: TableParts): GridColumn[] {
  const pinned = shown.filter((id) => state.pinned.includes(id));
  const ordered = [...pinned, ...shown.filter((id) => !state.pinned.includes(id))];
  return ordered.map((id) => {
    const width = state.widths[id] ?? widthOf(id);
    return {
      id,
      title: titleOf(id),
      width,
      pinned: state.pinned.includes(id),
      align: isNumeric(id) ? 'right' : 'left',
      head: <ColumnHead column={id} width={width} state={state} shown={shown} onState={onState} />,
    };
  });
}

function NoRuns({ name, state }: { name: string; state: TableState }) {
  if (state.deleted) return <Empty title="No run is deleted" />;
  if (state.filter !== '') return <Empty title="No run matches the filter" />;
  return (
    <Empty title="No runs yet">
      <LogFirstRun experiment={name} />
    </Empty>
  );
}

/** Runs that are ticked: one by one, with Shift from the one before, or all that have been read. */
function usePicked(runs: readonly FoundRun[]) {
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const before = useRef<string | null>(null);
  const chosen = useMemo(() => (picked.size === 0 ? [] : runs.filter(({ run }) => picked.has(run))), [runs, picked]);
  const pick = (run: string, isRange: boolean): void => {
    const next = new Set(picked);
    const from = isRange ? runs.findIndex((one) => one.run === before.current) : -1;
    const to = runs.findIndex((one) => one.run === run);
    const those = from < 0 ? [run] : runs.slice(Math.min(from, to), Math.max(from, to) + 1).map((one) => one.run);
    const isPicked = !picked.has(run);
    for (const one of those) {
      if (isPicked) next.add(one);
      else next.delete(one);
    }
    before.current = run;
    setPicked(next);
  };
  const pickAll = (): void =>
    setPicked(chosen.length === runs.length ? new Set() : new Set(runs.map(({ run }) => run)));
  return { picked, chosen, pick, pickAll, pickNone: () => setPicked(new Set()) };
}

type GridParts = TableParts &
  Readonly<{
    name: string;
    runs: readonly FoundRun[];
    shown: readonly string[];
    onNearEnd?: () => void;
  }>;

/** A row for each run. */
export function RunsGrid({ name, runs, shown, state, onState, onNearEnd }: GridParts) {
  const { picked, chosen, pick, pickAll, pickNone } = usePicked(runs);
  const isAll = chosen.length === runs.length;
  const pickHead = (
    <input
      type="checkbox"
      aria-label={`Pick all ${runs.length} that are read`}
      title="Pick all that are read"
      checked={isAll}
      ref={(box) => {
        if (box !== null) box.indeterminate = chosen.length > 0 && !isAll;
      }}
      onChange={pickAll}
    />
  );
  const own = useMemo(() => gridColumns(shown, { state, onState }), [shown, state, onState]);
  if (runs.length === 0) return <NoRuns name={name} state={state} />;
  return (
    <>
      {chosen.length > 0 && <RunsPicked picked={chosen} areDeleted={state.deleted} onNone={pickNone} />}
      <Grid
        label={`Runs of ${name}`}
        rows={runs}
        columns={[{ id: PICK, title: 'Picked', width: 38, pinned: true, head: pickHead }, ...own]}
        rowId={({ run }) => run}
        isChosen={({ run }) => picked.has(run)}
        sortedBy={({ id }) => (state.sort === id ? 'ascending' : state.sort === `-${id}` ? 'descending' : undefined)}
        cell={(run, { id }) =>
          id === PICK ? (
            <input
              type="checkbox"
              aria-label={`Pick ${run.name ?? run.run}`}
              checked={picked.has(run.run)}
              onClick={(event: MouseEvent) => pick(run.run, event.shiftKey)}
              onChange={() => undefined}
            />
          ) : (
            <RunCell run={run} column={id} />
          )
        }
        onNearEnd={onNearEnd}
      />
    </>
  );
}
