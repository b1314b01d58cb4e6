import { Button, Popover, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type DragEvent, type PointerEvent, useRef, useState } from 'react';
import { objectiveOf } from '../governance/judged-runs';
import { ColumnTitle } from './column-title';
import { fieldOf, isNumeric, titleOf } from './run-columns';
import classes from './runs-table.module.css';
import { moved, movedTo, NARROWEST, nextSort, type TableState, WIDEST } from './table-state';

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
  const [isOpen, { toggle, close }] = useDisclosure();
  const isPinned = state.pinned.includes(column);
  const choices: ReadonlyArray<readonly [string, () => Partial<TableState>]> = [
    [
      isPinned ? 'Unpin' : 'Pin to the left',
      () => ({ pinned: isPinned ? state.pinned.filter((one) => one !== column) : [...state.pinned, column] }),
    ],
    ['Move left', () => ({ columns: moved(shown, column, -1) })],
    ['Move right', () => ({ columns: moved(shown, column, 1) })],
    ['Wider', () => ({ widths: { ...state.widths, [column]: within(width + 60) } })],
    ['Narrower', () => ({ widths: { ...state.widths, [column]: within(width - 60) } })],
    ['Hide', () => ({ columns: shown.filter((one) => one !== column) })],
  ];
  return (
    <Popover opened={isOpen} onDismiss={close} position="bottom-start" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className={classes.more} aria-label={`Column ${titleOf(column)}`} onClick={toggle}>
          ⋮
        </button>
      </Popover.Target>
      <Popover.Dropdown p={4} aria-label={`Column ${titleOf(column)}`}>
        <Stack gap={0}>
          {choices.map(([name, change]) => (
            <Button
              key={name}
              size="xs"
              variant="subtle"
              color="gray"
              justify="start"
              onClick={() => {
                close();
                onState(change());
              }}
            >
              {name}
            </Button>
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

/** How a column that is dragged says which one it is. */
const DRAGGED = 'application/x-runledger-column';
const isColumn = ({ dataTransfer }: DragEvent): boolean => dataTransfer.types.includes(DRAGGED);

export function ColumnHead(parts: HeadParts) {
  const { column, width, state, shown, onState } = parts;
  const [isTarget, setTarget] = useState(false);
  const arrow = state.sort === column ? '▲ ' : state.sort === `-${column}` ? '▼ ' : '';
  const over = (event: DragEvent): void => {
    if (!isColumn(event)) return;
    event.preventDefault();
    setTarget(true);
  };
  const drop = (event: DragEvent): void => {
    setTarget(false);
    if (!isColumn(event)) return;
    event.preventDefault();
    const dragged = event.dataTransfer.getData(DRAGGED);
    if (shown.includes(dragged)) onState({ columns: movedTo(shown, dragged, column) });
  };
  return (
    <>
      <button
        type="button"
        className={classes.title}
        style={{ textAlign: isNumeric(column) ? 'right' : 'left' }}
        aria-disabled={fieldOf(column) === null}
        title={objectiveOf(column) === null ? column : undefined}
        data-target={isTarget || undefined}
        draggable
        onDragStart={({ dataTransfer }) => {
          dataTransfer.setData(DRAGGED, column);
          dataTransfer.effectAllowed = 'move';
        }}
        onDragOver={over}
        onDragLeave={() => setTarget(false)}
        onDrop={drop}
        onClick={() => fieldOf(column) !== null && onState({ sort: nextSort(state.sort, column) })}
      >
        {arrow}
        <ColumnTitle column={column} />
      </button>
      <ColumnMenu {...parts} />
      <Edge width={width} onWidth={(next) => onState({ widths: { ...state.widths, [column]: next } })} />
    </>
  );
}
