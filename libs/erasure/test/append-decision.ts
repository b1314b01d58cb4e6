import { randomUUID } from 'node:crypto';
import { DECISIONS, type DecisionType } from '@runledger/contracts';
import { openJournal } from '@runledger/journal';
import type { DataSource } from 'typeorm';

/** Writes a decision behind those of its stream, past the rules by which it would be decided. */
export async function appendDecision(
  source: DataSource,
  { subject, type, data, actor }: Readonly<{ subject: string; type: DecisionType; data: object; actor: string }>,
): Promise<void> {
  const journal = openJournal(source);
  const { version } = await journal.load('default', subject);
  const appended = await journal.append({
    workspace: 'default',
    subject,
    expectedVersion: version,
    commandId: randomUUID(),
    commandName: 'test',
    commandDigest: 'test',
    actor,
    events: [{ type, dataversion: DECISIONS[type].version, data }],
    claims: { take: [], release: [] },
    result: null,
  });
  if (appended.outcome !== 'appended') throw new Error(appended.outcome);
}
