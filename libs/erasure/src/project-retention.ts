import { readDecision } from '@runledger/commands';
import {
  evolveRetention,
  noRetention,
  type Retention,
  type RetentionChange,
  retentionSubject,
} from '@runledger/domain';
import { policyEvents } from '@runledger/postgres';
import type { DataSource } from 'typeorm';

/** What was said of a project's retention, read from the journal, so that it is never behind. */
export async function projectRetention(source: DataSource, workspace: string, project: string): Promise<Retention> {
  const events = await policyEvents(source, workspace, retentionSubject(project));
  return events.map((event) => readDecision<RetentionChange>(event)).reduce(evolveRetention, noRetention);
}
