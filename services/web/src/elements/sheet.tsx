import { Paper, Table, Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import classes from './sheet.module.css';

type SheetParts = Readonly<{ title: string; columns: readonly string[]; children: ReactNode; note?: ReactNode }>;

/** A short table under a heading, which scrolls by itself where it is too wide. */
export function Sheet({ title, columns, children, note }: SheetParts) {
  const heading = useId();
  return (
    <section aria-labelledby={heading} className={classes.section}>
      <Title order={2} id={heading} mb="xs">
        {title}
      </Title>
      {note}
      <Paper withBorder className={classes.sheet}>
        <Table.ScrollContainer minWidth={640} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table verticalSpacing="xs" horizontalSpacing="md" aria-labelledby={heading}>
            <Table.Thead>
              <Table.Tr>
                {columns.map((column) => (
                  <Table.Th key={column}>{column}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>{children}</Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Paper>
    </section>
  );
}

/** The part of a page that scrolls below its head. */
export const Scroll = ({ children }: { children: ReactNode }) => <div className={classes.scroll}>{children}</div>;
