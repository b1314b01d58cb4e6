import { createJudge, seenPosition } from '@runledger/governance';
import type { QueryPorts } from './query-ports';

/** Runs judged by their objectives, in one snapshot, with the position that was seen. */
export const createRunResults =
  ({ source, log }: QueryPorts) =>
  (workspace: string, runs: readonly string[]) =>
    source.transaction('REPEATABLE READ', async (tx) => {
      const judged = await createJudge(tx)(workspace, runs);
      return {
        runs: judged.map(({ run, results }) => ({ run, results: [...results] })),
        position: await seenPosition(tx, log, { workspace, runs }),
      };
    });
export type RunResults = ReturnType<typeof createRunResults>;
