import { Alert } from '@mantine/core';
import type { RunAnswer } from '@runledger/contracts/http';
import { formatBytes, formatCount } from '../elements/format';
import { ProofLink } from '../ledger/proof-link';

type Expired = RunAnswer['expired'][number];

const wasThere = ({ what, metrics, points, files, bytes }: Expired): string =>
  what === 'points'
    ? `${formatCount(points ?? 0)} points of ${formatCount(metrics ?? 0)} metrics`
    : `${formatCount(files ?? 0)} artifacts of ${formatBytes(bytes ?? 0)}`;

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
