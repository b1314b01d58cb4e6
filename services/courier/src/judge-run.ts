import { createJudge, seenPosition } from '@runledger/governance';
import type { LogEnds } from '@runledger/reads';
import type { Judged, Judgement } from '@runledger/webhooks';
import type { DataSource } from 'typeorm';

/** What a run came to by its objectives, on what is projected, in one snapshot with the position that it shows. */
export const judgeRun = (
  source: DataSource,
  log: Pick<LogEnds, 'incarnation'>,
  { workspace, run }: Pick<Judgement, 'workspace' | 'run'>,
): Promise<Judged> =>
  source.transaction('REPEATABLE READ', async (tx) => {
    const [found] = await createJudge(tx)(workspace, [run]);
    return {
      project: found?.recorded?.project ?? null,
      experiment: found?.recorded?.experiment ?? null,
      position: await seenPosition(tx, log, { workspace, runs: [run] }),
      results: found?.results ?? [],
    };
  });
