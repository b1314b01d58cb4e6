import { useVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, memo, type ReactNode, useEffect, useMemo, useRef } from 'react';
import classes from './grid.module.css';

export type GridColumn = Readonly<{
  id: string;
  title: string;
  width: number;
  pinned?: boolean;
  align?: 'left' | 'right';
  head?: ReactNode;
}>;
type Sorted = 'ascending' | 'descending' | undefined;

export type GridParts<Row> = Readonly<{
  label: string;
  rows: readonly Row[];
  columns: readonly GridColumn[];
  rowId: (row: Row) => string;
  cell: (row: Row, column: GridColumn) => ReactNode;
  sortedBy?: (column: GridColumn) => Sorted;
  isChosen?: (row: Row) => boolean;
  /** The rows that are there so far are not all, and the last of them is near. */
  onNearEnd?: (() => void) | undefined;
}>;

const ROW = 34;
const HEAD = 36;
/** Rows from the end at which more are read, so that nobody who scrolls has to wait. */
const NEAR = 60;

/** Where each column stands: pinned ones stay where they are while the others move under them. */
function placesOf(columns: readonly GridColumn[]): CSSProperties[] {
  let left = 0;
  return columns.map(({ width, pinned }) => {
    const place: CSSProperties = pinned === true ? { width, position: 'sticky', left, zIndex: 1 } : { width };
    if (pinned === true) left += width;
    return place;
  });
}

const cellClass = ({ align, pinned }: GridColumn): string =>
  [classes.cell, align === 'right' ? classes.right : '', pinned === true ? classes.pinned : ''].join(' ');

function Head({
  columns,
  places,
  sortedBy,
}: Pick<GridParts<never>, 'columns' | 'sortedBy'> & { places: CSSProperties[] }) {
  return (
    <div className={classes.head} role="row" aria-rowindex={1} style={{ height: HEAD }}>
      {columns.map((column, at) => (
        <div
          key={column.id}
          role="columnheader"
          aria-colindex={at + 1}
          aria-sort={sortedBy?.(column)}
          className={cellClass(column)}
          style={places[at]}
          data-column={column.id}
        >
          {column.head ?? column.title}
        </div>
      ))}
    </div>
  );
}

type RowParts<Row> = Pick<GridParts<Row>, 'columns' | 'cell'> &
  Readonly<{ row: Row; index: number; start: number; width: number; places: CSSProperties[]; isRowChosen: boolean }>;

function RowOf<Row>({ row, index, start, width, columns, places, cell, isRowChosen }: RowParts<Row>) {
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className={classes.row}
      data-chosen={isRowChosen || undefined}
      style={{ transform: `translateY(${start}px)`, height: ROW, minWidth: '100%', width }}
    >
      {columns.map((column, at) => (
        <div key={column.id} role="cell" aria-colindex={at + 1} className={cellClass(column)} style={places[at]}>
          {cell(row, column)}
        </div>
      ))}
    </div>
  );
}
/** Scrolling draws the table anew at each step: rows that stay in sight are the same. */
const GridRow = memo(RowOf) as typeof RowOf;

/** A table of any length: what is out of sight is not drawn. */
export function Grid<Row>(parts: GridParts<Row>) {
  const { label, rows, columns, rowId, cell, sortedBy, isChosen, onNearEnd } = parts;
  const viewport = useRef<HTMLDivElement>(null);
  const places = useMemo(() => placesOf(columns), [columns]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => viewport.current,
    estimateSize: () => ROW,
    overscan: 3,
    paddingStart: HEAD,
  });
  const drawn = virtual.getVirtualItems();
  const end = drawn.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && end >= rows.length - NEAR) onNearEnd?.();
  }, [end, rows.length, onNearEnd]);
  const width = columns.reduce((sum, column) => sum + column.width, 0);
  return (
    // Scrolled by keyboard too.
    <div ref={viewport} className={classes.viewport} tabIndex={0} role="region" aria-label={`${label}, scrollable`}>
      <div
        role="table"
        aria-label={label}
        aria-rowcount={onNearEnd === undefined ? rows.length + 1 : -1}
        aria-colcount={columns.length}
        style={{ height: virtual.getTotalSize(), width, minWidth: '100%', position: 'relative' }}
      >
        <Head columns={columns} places={places} {...(sortedBy === undefined ? {} : { sortedBy })} />
        {drawn.map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          const isRowChosen = isChosen?.(row) === true;
          return <GridRow key={rowId(row)} {...{ row, index, start, width, columns, places, cell, isRowChosen }} />;
        })}
      </div>
    </div>
  );
}
