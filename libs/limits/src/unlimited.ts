import type { Limits } from './limits';

/** Lets everything pass: for processes and tests that limit nobody. */
export const unlimited: Limits = {
  policies: [],
  take: async () => undefined,
  takeSeries: async () => undefined,
  charge: () => undefined,
  quotas: () => [],
  close: async () => undefined,
};
