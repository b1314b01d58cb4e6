import { Paper, Table, Title } from '@mantine/core';
import { Children, type ReactNode, useId } from 'react';
import classes from './sheet.module.css';

/** Reached by keyboard; room for a scrollbar is left only where there is one. */
export const SCROLLED = { offsetScrollbars: 'present', viewportProps: { tabIndex: 0 } } as const;

type SheetParts = Readonly<{ title: string; columns: readonly string[]; children?: ReactNode; note?: ReactNode }>;

/** A short table under a heading, which scrolls by itself where it is too wide. Without rows, what is noted stands alone. */
export function Sheet({ title, columns, children, note }: SheetParts) {
  const heading = useId();
  return (
    <section aria-labelledby={heading} className={classes.section}>
      <Title order={2} id={heading} mb="xs">
        {title}
      </Title>
      {note}
      {Children.count(children) > 0 && (
        <Paper withBorder className={classes.sheet}>
          <Table.ScrollContainer minWidth={640} scrollAreaProps={SCROLLED}>
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
      )}
    </section>
  );
}

/** The part of a page that scrolls below its head. */
export const Scroll = ({ children }: { children: ReactNode }) => <div className={classes.scroll}>{children}</div>;
