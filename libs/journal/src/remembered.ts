import { Fault } from '@runledger/kernel';
import type { Answer } from './journal';

type Querying = Readonly<{ query(sql: string, params: unknown[]): Promise<unknown> }>;
type Command = Readonly<{ workspace: string; commandId: string; digest: string }>;

/**
 * The answer that a command got, or null when it is new.
 * @throws Fault conflict JOURNAL_COMMAND_REUSED
 */
export async function recall(where: Querying, { workspace, commandId, digest }: Command): Promise<Answer | null> {
  const rows = (await where.query(
    'select digest, answer from custody.journal_command where workspace = $1 and id = $2',
    [workspace, commandId],
  )) as Array<{ digest: string; answer: Answer }>;
  const known = rows[0];
  if (known === undefined) return null;
  if (known.digest !== digest)
    throw new Fault('conflict', 'JOURNAL_COMMAND_REUSED', 'this command id has been used for something else', {
      context: { details: { command: commandId } },
    });
  return known.answer;
}
