import { Anchor, Table, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { formatCount } from '../elements/format';
import { MoreWhenSeen } from '../elements/more-when-seen';
import { Pending } from '../elements/notice';
import { Sheet } from '../elements/sheet';
import { gapsRead } from './operations-reads';

const COLUMNS = ['Run', 'Writer', 'Of', 'Sent', 'Stored', 'Missing', 'Which'];
const MOST_GAPS = 5;

type Gap = Readonly<{ first: number; last: number }>;
const gapInWords = ({ first, last }: Gap): string => (first === last ? String(first) : `${first} to ${last}`);

function gapsInWords(gaps: readonly Gap[]): string {
  const named = gaps.slice(0, MOST_GAPS).map(gapInWords).join(', ');
  return gaps.length > MOST_GAPS ? `${named} and ${gaps.length - MOST_GAPS} more stretches` : named;
}

/** Batches that are known to be sent and are not stored, by writer. */
export function GapReceipts() {
  const read = useInfiniteQuery(gapsRead());
  const receipts = read.data?.pages.flatMap((page) => page.receipts);
  const note = receipts !== undefined && (
    <Text size="sm" c="dimmed" mb="xs">
      {receipts.length === 0
        ? 'Of every writer, all that is known to be sent is stored.'
        : 'Of these writers, batches are known to be sent and are not stored. They may still come: from a spool, or when the server is reached again.'}
    </Text>
  );
  return (
    <>
      <Sheet title="Receipts with gaps" columns={COLUMNS} note={note}>
        {receipts?.map(({ run, name, writer, topic, sent, stored, missing, gaps }) => (
          <Table.Tr key={`${run} ${topic} ${writer}`}>
            <Table.Td>
              <Anchor component={Link} to={`/runs/${encodeURIComponent(run)}`} size="sm">
                {name ?? run}
              </Anchor>
            </Table.Td>
            <Table.Td>{writer === '' ? '(no writer)' : writer}</Table.Td>
            <Table.Td>{topic}</Table.Td>
            <Table.Td>{sent === null ? 'not closed' : formatCount(sent)}</Table.Td>
            <Table.Td>{formatCount(stored)}</Table.Td>
            <Table.Td fw={700}>{formatCount(missing)}</Table.Td>
            <Table.Td>{gapsInWords(gaps)}</Table.Td>
          </Table.Tr>
        ))}
      </Sheet>
      <Pending read={read} rows={2} />
      {read.hasNextPage && <MoreWhenSeen onSeen={() => void read.fetchNextPage()} />}
    </>
  );
}
