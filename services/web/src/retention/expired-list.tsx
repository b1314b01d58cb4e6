import { Anchor, Table, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { MoreWhenSeen } from '../elements/more-when-seen';
import { Pending } from '../elements/notice';
import { Sheet } from '../elements/sheet';
import { When } from '../elements/when';
import { ProofCell } from './proof-cell';
import { expiredRead } from './retention-reads';
import { wasThere } from './was-there';

/** What has gone by the policies of a project, newest first: of which run, what was there, by whose order, and its proof. */
export function ExpiredList({ project }: { project: string }) {
  const read = useInfiniteQuery(expiredRead(project));
  const expired = read.data?.pages.flatMap((page) => page.expired);
  const note = expired?.length === 0 && (
    <Text size="sm" c="dimmed">
      Nothing has gone yet.
    </Text>
  );
  return (
    <>
      <Sheet
        title="What has expired"
        columns={['When', 'Run', 'What was there', 'By which rule', 'In the ledger']}
        note={note}
      >
        {expired?.map(({ event, run, runName, at, gone, days, policy, policyBy, ...there }) => (
          <Table.Tr key={event}>
            <Table.Td>
              <When at={at} />
            </Table.Td>
            <Table.Td>
              <Anchor component={Link} to={`/runs/${encodeURIComponent(run)}`} size="sm">
                {runName ?? run}
              </Anchor>
            </Table.Td>
            <Table.Td>
              {wasThere(there)}
              {!gone && ', about to go'}
            </Table.Td>
            <Table.Td>
              {`${days} days after the end, by ${policyBy ?? 'somebody'}`}
              <Text size="xs" c="dimmed">
                {policy}
              </Text>
            </Table.Td>
            <ProofCell event={event} />
          </Table.Tr>
        ))}
      </Sheet>
      <Pending read={read} rows={3} />
      {read.hasNextPage && <MoreWhenSeen onSeen={() => void read.fetchNextPage()} />}
    </>
  );
}
