import { type Fault, isFault } from '@runledger/kernel';
import type { Artifacts } from './artifacts';

/** Opens bytes; of those that are missing it is told why, where `whyGone` knows. */
export const openOrTell =
  (artifacts: Pick<Artifacts, 'open'>, whyGone: (digest: string) => Promise<Fault | null>): Artifacts['open'] =>
  async (digest, range) => {
    try {
      return await artifacts.open(digest, range);
    } catch (error) {
      if (!isFault(error) || error.code !== 'ARTIFACTS_MISSING') throw error;
      throw (await whyGone(digest)) ?? error;
    }
  };
