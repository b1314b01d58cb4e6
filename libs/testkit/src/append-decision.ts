import { randomUUID } from 'node:crypto';
import { DECISIONS, type DecisionType } from '@runledger/contracts';
import type { Journal } from '@runledger/journal';

export type TestDecision = Readonly<{
  workspace?: string | undefined;
  subject: string;
  type: DecisionType;
  data: unknown;
  actor: string;
}>;

/** Writes a decision behind those of its stream, past the rules by which it would be decided. Answers its place in the journal. */
export async function appendDecision(
  journal: Pick<Journal, 'load' | 'append'>,
  { workspace = 'default', subject, type, data, actor }: TestDecision,
): Promise<number> {
  const { version } = await journal.load(workspace, subject);
  const appended = await journal.append({
    workspace,
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
  return appended.answer.journalseq;
}
