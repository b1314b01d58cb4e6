import { Anchor, Checkbox, Table, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { inventoryRead } from '../api/governance';
import { MoreWhenSeen } from '../elements/more-when-seen';
import { Empty, Pending } from '../elements/notice';
import { PageHead } from '../elements/page-head';
import { Scroll, Sheet } from '../elements/sheet';
import { ReviewMark } from './review-mark';

/** Models with who answers for them. */
export function InventoryPage() {
  const [overdue, setOverdue] = useState(false);
  const read = useInfiniteQuery(inventoryRead(overdue));
  const models = read.data?.pages.flatMap((page) => page.models);
  return (
    <>
      <PageHead title="Inventory" above={[{ label: 'Models', to: '/models' }]}>
        <Checkbox
          label="Only overdue reviews"
          checked={overdue}
          onChange={(event) => setOverdue(event.currentTarget.checked)}
        />
      </PageHead>
      <Scroll>
        <Pending read={read} />
        {models?.length === 0 && (
          <Empty title={overdue ? 'No review is overdue' : 'Nothing has been entered yet'}>
            {!overdue && (
              <Text c="dimmed" ta="center">
                The page of a model says who answers for it, once somebody has entered that.
              </Text>
            )}
          </Empty>
        )}
        {models !== undefined && models.length > 0 && (
          <Sheet title="Models" columns={['Model', 'Tier', 'Owner', 'Validator', 'Review by', 'Purpose']}>
            {models.map((of) => (
              <Table.Tr key={of.model}>
                <Table.Td>
                  <Anchor component={Link} to={`/models/${encodeURIComponent(of.model)}`} size="sm">
                    {of.model}
                  </Anchor>
                </Table.Td>
                <Table.Td>{of.tier}</Table.Td>
                <Table.Td>{of.owner}</Table.Td>
                <Table.Td>{of.validator}</Table.Td>
                <Table.Td>
                  <ReviewMark of={of} />
                </Table.Td>
                <Table.Td>{of.purpose}</Table.Td>
              </Table.Tr>
            ))}
          </Sheet>
        )}
        {read.hasNextPage && <MoreWhenSeen onSeen={() => void read.fetchNextPage()} />}
      </Scroll>
    </>
  );
}
