import { Badge, Table, Text } from '@mantine/core';
import type { PositionsAnswer } from '@runledger/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { call } from '../api/api';
import { formatCount } from '../elements/format';
import { Pending } from '../elements/notice';
import { PageHead } from '../elements/page-head';
import { Scroll, Sheet } from '../elements/sheet';
import { DeadLetters } from './dead-letters';
import { Decisions } from './decisions';

const LOOK_MS = 2_000;

const positionsRead = () => ({
  queryKey: ['positions'],
  queryFn: ({ signal }: { signal: AbortSignal }) => call<PositionsAnswer>('positions', { signal }),
  refetchInterval: LOOK_MS,
});

function Lag({ lag }: { lag: number }) {
  return (
    <Badge variant="default" tt="none" size="lg">
      {lag === 0 ? 'Everything recorded is shown' : `${formatCount(lag)} ${lag === 1 ? 'record' : 'records'} behind`}
    </Badge>
  );
}

function Journal({ journal: { decided, relayed, applied } }: Pick<PositionsAnswer, 'journal'>) {
  const steps = [
    ['Decided and durable in the journal', decided],
    ['Relayed to the log', relayed],
    ['Shown in answers', applied],
  ] as const;
  return (
    <Sheet title="Commands" columns={['How far', 'Up to decision']}>
      {steps.map(([name, seq]) => (
        <Table.Tr key={name}>
          <Table.Td>{name}</Table.Td>
          <Table.Td>{formatCount(seq)}</Table.Td>
        </Table.Tr>
      ))}
    </Sheet>
  );
}

function Projections({ positions, incarnation }: Pick<PositionsAnswer, 'positions' | 'incarnation'>) {
  const note = (
    <Text size="sm" c="dimmed" mb="xs">
      Those behind come first. Log {incarnation}.
    </Text>
  );
  const order = [...positions].sort((a, b) => b.lag - a.lag);
  const columns = ['Projection', 'Topic', 'Partition', 'Next record', 'End of the log', 'Behind'];
  return (
    <Sheet title="Projections" columns={columns} note={note}>
      {order.map(({ group, topic, partition, nextOffset, end, lag }) => (
        <Table.Tr key={`${group} ${topic} ${partition}`}>
          <Table.Td>{group}</Table.Td>
          <Table.Td>{topic}</Table.Td>
          <Table.Td>{partition}</Table.Td>
          <Table.Td>{formatCount(nextOffset)}</Table.Td>
          <Table.Td>{formatCount(end)}</Table.Td>
          <Table.Td fw={lag > 0 ? 700 : undefined}>{formatCount(lag)}</Table.Td>
        </Table.Tr>
      ))}
    </Sheet>
  );
}

/** How far what is shown is behind what is recorded, for who runs the service. */
export function OperationsPage() {
  const read = useQuery(positionsRead());
  const { data } = read;
  return (
    <>
      <PageHead title="Operations" beside={data && <Lag lag={data.lag} />} />
      <Scroll>
        <Pending read={read} />
        {data !== undefined && (
          <>
            <Journal journal={data.journal} />
            <DeadLetters />
            <Projections positions={data.positions} incarnation={data.incarnation} />
            <Decisions />
          </>
        )}
      </Scroll>
    </>
  );
}
