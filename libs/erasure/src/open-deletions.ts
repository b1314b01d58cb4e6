import { createDeletions, type Deletions } from '@runledger/access';
import { readDecision } from '@runledger/commands';
import type { StoredEvent } from '@runledger/contracts';
import { deletersAt, evolveRetention, noRetention, type Retention, type RetentionChange } from '@runledger/domain';
import type { Logger, Scope } from '@runledger/kernel';
import type { DataSource } from 'typeorm';
import { followJournal } from './follow-journal';

type Row = Omit<StoredEvent, 'time'> & Readonly<{ workspace: string; journalseq: string; time: Date }>;

/** Who may delete where, in memory: a door asks no database. While the journal is away, what it said last holds. */
export async function openDeletions(scope: Scope, source: DataSource, logger: Logger): Promise<Deletions> {
  const workspaces = new Map<string, Map<string, Retention>>();
  const followed = {
    what: 'who may delete',
    select: 'id, type, time, dataversion, data',
    where: `type = 'deleters.set'`,
  };
  await followJournal<Row>(scope, { source, logger, ...followed }, ({ workspace, time, ...event }) => {
    const change = readDecision<RetentionChange>({ ...event, time: time.toISOString() });
    const { project } = change.data;
    const projects = workspaces.get(workspace) ?? new Map<string, Retention>();
    workspaces.set(workspace, projects.set(project, evolveRetention(projects.get(project) ?? noRetention, change)));
  });
  return createDeletions((workspace) => {
    const at = new Date().toISOString();
    const projects = [...(workspaces.get(workspace) ?? [])];
    return new Map(projects.map(([project, retention]) => [project, deletersAt(retention, at)]));
  });
}
