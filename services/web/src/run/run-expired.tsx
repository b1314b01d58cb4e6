import { Alert } from '@mantine/core';
import type { RunAnswer } from '@runledger/contracts/http';
import { ProofLink } from '../ledger/proof-link';
import { wasThere } from '../retention/was-there';

/** What of a run has expired: what was there, since when, by whose order, and the event that proves it. */
export function RunExpired({ expired }: { expired: RunAnswer['expired'] }) {
  if (expired.length === 0) return null;
  return (
    <Alert color="gray" variant="outline" title="Expired" role="status">
      {expired.map((one) => (
        <div key={one.what}>
          {wasThere(one)} expired on {one.at.slice(0, 10)}, {one.days} days after the end, by the policy {one.policy}
          {one.policyBy === null ? '' : ` of ${one.policyBy}`}. <ProofLink event={one.event} />
        </div>
      ))}
    </Alert>
  );
}
