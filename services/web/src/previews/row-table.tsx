import { Table } from '@mantine/core';
import classes from './previews.module.css';

export type Rows = Readonly<{ columns: readonly string[]; rows: ReadonlyArray<readonly string[]> }>;

/** Rows of a file, as many as were read. Scrolls by itself, by keyboard too. */
export function RowTable({ columns, rows, label }: Rows & { label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
    <section className={classes.rows} tabIndex={0} aria-label={`Rows of ${label}`}>
      <Table stickyHeader verticalSpacing={3} horizontalSpacing="sm" withColumnBorders aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            {columns.map((name, at) => (
              // Names may repeat, and their order is fixed.
              // biome-ignore lint/suspicious/noArrayIndexKey: as above
              <Table.Th key={at}>{name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file have no other name
            <Table.Tr key={at}>
              {columns.map((_, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: as above
                <Table.Td key={column}>{row[column]}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
