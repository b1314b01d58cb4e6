import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';

/** To where an event is proven in this browser. */
export const ProofLink = ({ event }: { event: string }) => (
  <Anchor
    renderRoot={(props: object) => <Link {...props} to="/ledger" search={{ event }} />}
    inherit
    underline="always"
  >
    Verify event {event}
  </Anchor>
);
