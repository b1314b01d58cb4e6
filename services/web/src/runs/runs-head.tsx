import { Menu } from '@mantine/core';
import { type PointerEvent, useRef } from 'react';
import { fieldOf, isNumeric, titleOf } from './run-columns';
import classes from './runs-table.module.css';
import { moved, NARROWEST, nextSort, type TableState, WIDEST } from './table-state';

export type HeadParts = Readonly<{
  column: string;
  width: number;
  state: TableState;
  /** All columns that are shown, in order. */
  shown: readonly string[];
  onState: (change: Partial<TableState>) => void;
}>;

const within = (width: number): number => Math.max(NARROWEST, Math.min(WIDEST, Math.round(width)));

/** The right edge of a column's title, by which it is dragged wider. The menu does the same without a pointer. */
function Edge({ width, onWidth }: { width: number; onWidth: (width: number) => void }) {
  const start = useRef<{ x: number; width: number } | null>(null);
  const down = (event: PointerEvent<HTMLDivElement>): void => {
    event.currentTarget.setPointerCapture(event.pointerId);
    start.current = { x: event.clientX, width };
  };
  const move = (event: PointerEvent<HTMLDivElement>): void => {
    if (start.current !== null) onWidth(within(start.current.width + event.clientX - start.current.x));
  };
  return (
    <div
      className={classes.edge}
      aria-hidden="true"
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={() => {
        start.current = null;
      }}
    />
  );
}

function ColumnMenu({ column, width, state, shown, onState }: HeadParts) {
  const isPinned = state.pinned.includes(column);
  const place = (by: number) => () => onState({ columns: moved(shown, column, by) });
  const resize = (by: number) => () => onState({ widths: { ...state.widths, [column]: within(width + by) } });
  const pin = (): void =>
    onState({ pinned: isPinned ? state.pinned.filter((one) => one !== column) : [...state.pinned, column] });
  return (
    <Menu position="bottom-start" shadow="md">
      <Menu.Target>
        <button type="button" className={classes.more} aria-label={`Column ${titleOf(column)}`}>
          ⋮
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={pin}>{isPinned ? 'Unpin' : 'Pin to the left'}</Menu.Item>
        <Menu.Item onClick={place(-1)}>Move left</Menu.Item>
        <Menu.Item onClick={place(1)}>Move right</Menu.Item>
        <Menu.Item onClick={resize(60)}>Wider</Menu.Item>
        <Menu.Item onClick={resize(-60)}>Narrower</Menu.Item>
        <Menu.Item onClick={() => onState({ columns: shown.filter((one) => one !== column) })}>Hide</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

export function ColumnHead(parts: HeadParts) {
  const { column, width, state, onState } = parts;
  const arrow = state.sort === column ? '▲ ' : state.sort === `-${column}` ? '▼ ' : '';
  return (
    <>
      <button
        type="button"
        className={classes.title}
        style={{ textAlign: isNumeric(column) ? 'right' : 'left' }}
        disabled={fieldOf(column) === null}
        title={column}
        onClick={() => onState({ sort: nextSort(state.sort, column) })}
      >
        {arrow}
        {titleOf(column)}
      </button>
      <ColumnMenu {...parts} />
      <Edge width={width} onWidth={(next) => onState({ widths: { ...state.widths, [column]: next } })} />
    </>
  );
}
