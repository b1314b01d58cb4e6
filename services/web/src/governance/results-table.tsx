import { Table, Text } from '@mantine/core';
import type { RunResultsAnswer } from '@runledger/contracts/http';
import { formatNumber } from '../elements/format';
import { Sheet } from '../elements/sheet';
import { Outcome } from './judged-runs';

type Result = RunResultsAnswer['results'][number];

/** What objectives came to. */
export const ResultsTable = ({ title, results }: { title: string; results: readonly Result[] }) => (
  <Sheet title={title} columns={['Objective', 'Outcome', 'Value', 'Note']}>
    {results.map((of) => (
      <Table.Tr key={of.objective}>
        <Table.Td>
          {of.name}{' '}
          <Text span size="xs" c="dimmed" ml={6}>
            definition {of.number}
          </Text>
        </Table.Td>
        <Table.Td>
          <Outcome {...of} />
        </Table.Td>
        <Table.Td>{of.value === null ? '–' : formatNumber(of.value)}</Table.Td>
        <Table.Td>
          {of.reason}
          {of.afterStart && (
            <Text size="sm" c="dimmed">
              defined after the run began
            </Text>
          )}
        </Table.Td>
      </Table.Tr>
    ))}
  </Sheet>
);
