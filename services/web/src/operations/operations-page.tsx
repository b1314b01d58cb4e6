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
import { GapReceipts } from './gap-receipts';
import { Storage } from './storage';

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
  return (
    <Sheet title="Commands" columns={['Decided, in the journal', 'Relayed to the log', 'Shown in answers']}>
      <Table.Tr>
        {[decided, relayed, applied].map((seq, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: there are always three
          <Table.Td key={at} fw={seq < decided ? 700 : undefined}>
            {formatCount(seq)}
          </Table.Td>
        ))}
      </Table.Tr>
    </Sheet>
  );
}

type Standing = PositionsAnswer['positions'][number];
const keyOf = ({ group, topic }: Standing): string => `${group} ${topic}`;

/** A row for all partitions of a topic, and below it one for each that is behind. */
function TopicRows({ standings }: { standings: readonly Standing[] }) {
  const [first] = standings;
  if (first === undefined) return null;
  const sum = (what: 'nextOffset' | 'end' | 'lag'): number => standings.reduce((all, one) => all + one[what], 0);
  const behind = standings.filter(({ lag }) => lag > 0);
  const rows = [
    { name: `all ${standings.length}`, nextOffset: sum('nextOffset'), end: sum('end'), lag: sum('lag') },
    ...behind.map(({ partition, ...one }) => ({ name: String(partition), ...one })),
  ];
  return rows.map(({ name, nextOffset, end, lag }) => (
    <Table.Tr key={name}>
      <Table.Td>{first.group}</Table.Td>
      <Table.Td>{first.topic}</Table.Td>
      <Table.Td>{name}</Table.Td>
      <Table.Td>{formatCount(nextOffset)}</Table.Td>
      <Table.Td>{formatCount(end)}</Table.Td>
      <Table.Td fw={lag > 0 ? 700 : undefined}>{formatCount(lag)}</Table.Td>
    </Table.Tr>
  ));
}

function Projections({ positions, incarnation }: Pick<PositionsAnswer, 'positions' | 'incarnation'>) {
  const note = (
    <Text size="sm" c="dimmed" mb="xs">
      Partitions that are behind are listed by themselves. Log {incarnation}.
    </Text>
  );
  const topics = [...new Set(positions.map(keyOf))];
  const columns = ['Projection', 'Topic', 'Partitions', 'Records taken', 'Records in the log', 'Behind'];
  return (
    <Sheet title="Projections" columns={columns} note={note}>
      {topics.map((topic) => (
        <TopicRows key={topic} standings={positions.filter((one) => keyOf(one) === topic)} />
      ))}
    </Sheet>
  );
}

/** For who runs the service: how far what is shown is behind what is recorded, what could not be applied or never came, and what is stored. */
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
            <GapReceipts />
            <Projections positions={data.positions} incarnation={data.incarnation} />
            <Storage />
            <Decisions />
          </>
        )}
      </Scroll>
    </>
  );
}
