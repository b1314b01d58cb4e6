import { Alert } from '@mantine/core';
import type { RunAnswer } from '@runledger/contracts/http';
import { When } from '../elements/when';
import { ProofLink } from '../ledger/proof-link';

/** Of a run that is deleted: who did it, when, and the event that proves it. */
export function RunDeleted({ deleted }: Pick<RunAnswer, 'deleted'>) {
  if (deleted === null) return null;
  const { by, at, event } = deleted;
  return (
    <Alert color="gray" variant="outline" title="Deleted" role="status">
      {by} deleted this run <When at={at} />.{' '}
      {event === null ? 'The ledger will have the event in a moment.' : <ProofLink event={event} />}
    </Alert>
  );
}
