import { type Fault, isFault } from '@runledger/kernel';

/** What belongs to something that is missing is missing itself, and says so in its own words: they tell of nothing else. */
export const missingAs =
  (own: () => Fault) =>
  (error: unknown): never => {
    throw isFault(error) && error.kind === 'missing' ? own() : error;
  };
