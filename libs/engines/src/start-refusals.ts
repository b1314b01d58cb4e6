import { createRefusalCounts, type RefusalCounts } from '@runledger/access';
import { type Commands, createCommands, refusalRules } from '@runledger/commands';
import { openJournal } from '@runledger/journal';
import { type Logger, type Scope, uuidv7 } from '@runledger/kernel';
import type { DataSource } from 'typeorm';

/** Whom guards refuse becomes part of the record, a few events a minute at most; the last ones when the process ends. */
export async function startRefusals(
  { scope, logger }: Readonly<{ scope: Scope; logger: Logger }>,
  source: DataSource,
  commands: Commands = createCommands(openJournal(source)),
): Promise<RefusalCounts> {
  const value = createRefusalCounts(
    (workspace, change) =>
      commands.run(
        refusalRules,
        { workspace, actor: 'system' },
        { id: uuidv7(), fields: null, command: { name: 'record-refusal', change } },
      ),
    logger,
  );
  scope.own('counts of refusals', () => value.flush());
  return value;
}
