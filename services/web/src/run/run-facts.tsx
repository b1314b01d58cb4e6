import { Paper, Table, Text, TextInput } from '@mantine/core';
import type { RunAnswer } from '@runledger/contracts/http';
import { type ReactNode, useState } from 'react';
import { formatNumber } from '../elements/format';
import { SearchIcon } from '../elements/icons';
import { Empty } from '../elements/notice';
import { When } from '../elements/when';
import classes from './run-facts.module.css';

export function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper withBorder component="section" className={classes.card} aria-label={title}>
      <h2 className={classes.heading}>{title}</h2>
      {children}
    </Paper>
  );
}

/** Names and values. What is not known is left out. */
export function Facts({ facts }: { facts: ReadonlyArray<readonly [string, ReactNode]> }) {
  const known = facts.filter(([, value]) => value !== null && value !== undefined && value !== '' && value !== false);
  if (known.length === 0)
    return (
      <Text size="sm" c="dimmed">
        Nothing was logged.
      </Text>
    );
  return (
    <dl className={classes.facts}>
      {known.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const shown = (value: string | number | boolean): string =>
  typeof value === 'number' ? formatNumber(value) : String(value);

export function Params({ params }: { params: RunAnswer['params'] }) {
  const [wanted, setWanted] = useState('');
  const asked = wanted.trim().toLowerCase();
  const found = params.filter(({ key, value }) => `${key} ${String(value)}`.toLowerCase().includes(asked));
  if (params.length === 0) return <Empty title="No params were logged" />;
  return (
    <div className={classes.page}>
      <TextInput
        aria-label="Search params"
        placeholder="Search params by name or value"
        size="xs"
        w={280}
        mb="sm"
        leftSection={<SearchIcon size={15} />}
        value={wanted}
        onChange={(event) => setWanted(event.currentTarget.value)}
      />
      <Paper withBorder className={classes.card}>
        <Table verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Param</Table.Th>
              <Table.Th>Value</Table.Th>
              <Table.Th>Logged</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {found.map(({ key, value, recordedAt, late }) => (
              <Table.Tr key={key}>
                <Table.Td className={classes.key}>{key}</Table.Td>
                <Table.Td className={classes.value} title={String(value)}>
                  {shown(value)}
                </Table.Td>
                <Table.Td>
                  <When at={recordedAt} /> {late && '(after the end)'}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Paper>
    </div>
  );
}
