import type { Retained } from '@runledger/contracts';
import type { Logger, Scope } from '@runledger/kernel';
import type { DataSource } from 'typeorm';
import { followJournal } from './follow-journal';

/** What of runs has expired, in memory: a door asks no database. */
export type ExpiredSet = Readonly<{ has(workspace: string, run: string, what: Retained): boolean }>;

/** After so long, every door that runs knows of a decision; what it let in before has been answered for as long. */
export const DOORS_MS = 10_000;

type Row = Readonly<{ workspace: string; journalseq: string; run: string; what: Retained }>;

/** Opens the set. While the journal is away it says what it knew: what a door lets in then goes later. */
export async function openExpiredSet(scope: Scope, source: DataSource, logger: Logger): Promise<ExpiredSet> {
  const runs: Record<Retained, Map<string, Set<string>>> = { points: new Map(), artifacts: new Map() };
  const followed = {
    what: 'what has expired',
    select: `data ->> 'run' as run, split_part(type, '.', 1) as what`,
    where: `type in ('points.expired', 'artifacts.expired')`,
  };
  await followJournal<Row>(scope, { source, logger, ...followed }, ({ workspace, run, what }) => {
    runs[what].set(workspace, (runs[what].get(workspace) ?? new Set()).add(run));
  });
  return { has: (workspace, run, what) => runs[what].get(workspace)?.has(run) ?? false };
}
