import { Anchor, Table } from '@mantine/core';
import { Link } from '@tanstack/react-router';

/** In a table: to where an event is proven in this browser. */
export const ProofCell = ({ event }: { event: string }) => (
  <Table.Td>
    <Anchor component={Link} to={`/ledger?event=${encodeURIComponent(event)}`} size="sm">
      Proof
    </Anchor>
  </Table.Td>
);
