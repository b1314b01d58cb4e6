import type { Limits, Quota } from '@runledger/limits';

/** Units that draft-ietf-httpapi-ratelimit-headers-10 names, and ours. */
const UNITS: Readonly<Record<Quota['quantity'], string>> = {
  requests: 'requests',
  bytes: 'content-bytes',
  points: 'points',
  'read-ms': 'read-ms',
  series: 'series',
};

const nameOf = ({ scope, quantity }: Pick<Quota, 'scope' | 'quantity'>): string => `"${scope}-${quantity}"`;

/** The field RateLimit-Policy: every quota that there is. */
export const policyField = ({ policies }: Limits): string =>
  policies.map((one) => `${nameOf(one)};q=${one.limit};w=${one.windowSeconds};qu="${UNITS[one.quantity]}"`).join(', ');

/** The field RateLimit: the quota that ends first, or the one that has ended. */
export const standingField = (quota: Quota): string => `${nameOf(quota)};r=${quota.remaining};t=${quota.resetSeconds}`;
