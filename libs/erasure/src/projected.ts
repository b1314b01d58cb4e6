import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@runledger/bus';
import { type Projection, standingsOf } from '@runledger/postgres';
import type { DataSource } from 'typeorm';

type Parts = Readonly<{ source: DataSource; log: Pick<Log, 'ends'>; signal: AbortSignal }>;
/** What is looked at: topics of facts, by the projections that pass them. */
type Passing = Readonly<{ topics: readonly string[]; projections: readonly Projection[] }>;

/** Of waiting for what others do. */
export const PATIENCE_MS = 30_000;
export const POLL_MS = 100;

/** Whether what the log has of some topics by now is projected, waited for. */
export const createProjected =
  ({ source, log, signal }: Parts, { topics, projections }: Passing) =>
  async (): Promise<boolean> => {
    const ends = await log.ends([...topics]);
    for (const until = performance.now() + PATIENCE_MS; ; await sleep(POLL_MS)) {
      const standings = (await Promise.all(projections.map((one) => standingsOf(source, one)))).flat();
      const at = new Map(standings.map(({ topic, partition, nextOffset }) => [`${topic}/${partition}`, nextOffset]));
      if (ends.every(({ topic, partition, offset }) => (at.get(`${topic}/${partition}`) ?? 0) >= offset)) return true;
      if (signal.aborted || performance.now() > until) return false;
    }
  };
