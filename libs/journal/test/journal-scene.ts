import { randomUUID } from 'node:crypto';
import type { LogRecord } from '@runledger/contracts';
import { journalseqOf } from '@runledger/contracts';
import { assertTestDatabase } from '@runledger/testkit';
import type { DataSource } from 'typeorm';
import type { Append, Claim } from '../src/journal';

/** An append with defaults: one experiment.created on a stream that does not exist yet. */
export function appendOf(subject: string, more: Partial<Append> = {}): Append {
  return {
    workspace: 'w1',
    subject: `experiment/${subject}`,
    expectedVersion: 0,
    commandId: randomUUID(),
    commandName: 'create-experiment',
    commandDigest: 'digest',
    actor: 'a1',
    events: [created(subject)],
    claims: { take: [], release: [] },
    result: { experiment: subject },
    ...more,
  };
}

export const created = (experiment: string) => ({
  type: 'experiment.created',
  dataversion: 1,
  data: { experiment, project: 'default', name: experiment, tags: [] },
});

export const nameClaim = (name: string): Claim => ({ kind: 'experiment-name', name });

/** A log in memory, which can be told to fail. */
export class RecordingLog {
  readonly records: LogRecord[] = [];
  /** Called before a publish is kept; may throw or wait. */
  before: () => Promise<void> | void = () => undefined;

  async publish(records: readonly LogRecord[]): Promise<void> {
    await this.before();
    this.records.push(...records);
  }

  /** Numbers of a workspace as they lie in the log, repeats included. */
  numbers(workspace = 'w1'): number[] {
    return this.records.filter(({ key }) => key === workspace).map(journalseqOf);
  }
}

export const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

/** Every test begins with no event. Refuses a database that is not a test's. */
export async function emptyJournal(source: DataSource): Promise<void> {
  const rows: Array<{ name: string }> = await source.query('select current_database() as name');
  assertTestDatabase(`postgres://localhost/${rows[0]?.name}`);
  await source.query(
    'truncate custody.journal_head, custody.journal_event, custody.journal_claim, custody.journal_command',
  );
}
