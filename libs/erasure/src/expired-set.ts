import { setTimeout as sleep } from 'node:timers/promises';
import type { Retained } from '@runledger/contracts';
import type { Logger, Scope } from '@runledger/kernel';
import type { DataSource } from 'typeorm';

/** What of runs has expired, in memory: a door asks no database. */
export type ExpiredSet = Readonly<{ has(workspace: string, run: string, what: Retained): boolean }>;

const POLL_MS = 1_000;
/** After so long, every door that runs knows of a decision; what it let in before has been answered for as long. */
export const DOORS_MS = 10_000;

type Row = Readonly<{ workspace: string; journalseq: string; run: string; what: Retained }>;
const ROWS_A_PAGE = 20_000;

/** Reads on from the journal, which numbers the events of a workspace in the order of their commits. */
function createExpiredSet(source: DataSource) {
  const runs: Record<Retained, Map<string, Set<string>>> = { points: new Map(), artifacts: new Map() };
  const seen = new Map<string, number>();

  async function catchUp(): Promise<void> {
    for (let rows: Row[] = []; ; ) {
      rows = await source.query(
        `select workspace, journalseq, data ->> 'run' as run, split_part(type, '.', 1) as what from custody.journal_event
         where type in ('points.expired', 'artifacts.expired')
           and journalseq > coalesce(($1::jsonb ->> workspace)::bigint, 0)
         order by workspace, journalseq limit ${ROWS_A_PAGE}`,
        [JSON.stringify(Object.fromEntries(seen))],
      );
      for (const { workspace, journalseq, run, what } of rows) {
        runs[what].set(workspace, (runs[what].get(workspace) ?? new Set()).add(run));
        seen.set(workspace, Number(journalseq));
      }
      if (rows.length < ROWS_A_PAGE) return;
    }
  }
  const set: ExpiredSet = { has: (workspace, run, what) => runs[what].get(workspace)?.has(run) ?? false };
  return { set, catchUp };
}

/** Opens the set. While the journal is away it says what it knew: what a door lets in then goes later. */
export async function openExpiredSet(scope: Scope, source: DataSource, logger: Logger): Promise<ExpiredSet> {
  return scope.start('what doors refuse since it expired', async () => {
    const { set, catchUp } = createExpiredSet(source);
    await catchUp();
    const stopping = new AbortController();
    const running = (async () => {
      const { signal } = stopping;
      while (!signal.aborted) {
        await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
        if (!signal.aborted)
          await catchUp().catch((err: unknown) => logger.warn({ err }, 'what has expired could not be looked up'));
      }
    })();
    const stop = async (): Promise<void> => {
      stopping.abort();
      await running;
    };
    return { value: set, stop };
  });
}
